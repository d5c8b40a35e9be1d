"""No two operations wait for each other: whoever holds a customer's audit chain waits for no other lock.

A deadlock ends one of the two with an error, and that one may be the report of a theft.
"""

import contextlib
import itertools
import random
import time
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from pki.authority.operations.check_renewal import RenewalUnproven
from sensors.cases.operations import escalate_cases as escalation
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.record_observation import GatewayRevoked, ReportReplayed
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.request_renewal import RenewalRefused, request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.gateways.operations.agree_to_gateway import agree_to_gateway
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.models import Case, CaseOutcome, CertificateRequest, Sensor
from sensors.states import ImpossibleChange
from tenants.models import Approval
from tenants.operations.decide_approval import refuse_approval
from tests.support.at_once import at_once
from tests.support.every_operation import operations, propose, releases_together
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr, renewal, session_of
from tests.support.locked_tables import CHAIN, locks
from tests.support.soaking import note, rounds

# Rows that operations on different sensors share; all else of a sensor is guarded by the sensor's own lock.
SHARED = ("sensors_enrolmentcode", "sensors_gateway")


@pytest.mark.django_db(transaction=True)
def test_each_operation_takes_the_audit_chain_last(committed_fleet: Fleet):
    seen = {}
    for name, work in operations(committed_fleet).items():
        with locks() as order:
            work()
        seen[name] = order
        assert CHAIN in order, name
        late = [table for table in order[order.index(CHAIN) :] if table in SHARED]
        # SQLite has one lock for all, and leaves no trace of a row that is locked before it is changed.
        is_locked_before = connection.vendor == "sqlite" and name == "gateway's place agreed to"
        assert late == [] or is_locked_before, f"{name} locks {order}"
    assert seen["report"].index("sensors_gateway") > 0
    if connection.vendor == "postgresql":
        assert opposite(seen) == []


# Rows that two operations can meet at, each holding one of them. A code is met only under the lock of its machine.
MEETING = (
    "sensors_gateway",
    "sensors_sensor",
    "tenants_person",
    "tenants_approval",
    "tenants_site",
    "tenants_customer",
)


def opposite(seen: dict[str, list[str]]) -> list[str]:
    """Which operations lock two tables in the one order, and which in the other."""
    orders: dict[tuple[str, str], list[str]] = {}
    for name, order in seen.items():
        for pair in itertools.combinations([table for table in order if table in MEETING], 2):
            orders.setdefault(pair, []).append(name)
    return [
        f"{first} before {second}: {names}; after it: {orders[second, first]}"
        for (first, second), names in orders.items()
        if first < second and (second, first) in orders
    ]


def test_two_orders_would_be_noticed():
    assert opposite({"one": ["sensors_sensor", "tenants_person"], "two": ["tenants_person", "sensors_sensor"]})
    assert not opposite({"one": ["sensors_sensor", "tenants_person"], "two": ["tenants_person", CHAIN]})


@pytest.mark.django_db(transaction=True)
def test_escalation_and_confirmation_queue_at_the_sensor(committed_fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """On PostgreSQL both lock the sensor before the case; SQLite has one lock for all."""
    case = committed_fleet.reported(committed_fleet.connected())
    monkeypatch.setattr(escalation, "PATIENCE", -escalation.PATIENCE)
    with locks() as order:
        assert escalation.escalate_cases() == 1
    assert Case.objects.get(pk=case.pk).escalated_at is not None
    if connection.vendor == "postgresql":
        assert order.index("sensors_sensor") < order.index("sensors_case") < order.index(CHAIN)


REFUSALS = (
    CodeRefused,
    GatewayRevoked,
    RenewalRefused,
    RenewalUnproven,
    ReportReplayed,
    ValidationError,
    ImpossibleChange,
)


def test_operations_mixed_at_random_never_lock_each_other_out(committed_fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """Eight threads, one customer and one gateway, so that they meet; refusals are fine, errors of the database not."""
    monkeypatch.setattr(escalation, "PATIENCE", -escalation.PATIENCE)
    seconds = rounds(suite=6 if connection.vendor == "postgresql" else 3, soak=120)
    deadline = time.monotonic() + seconds
    done: list[str] = []

    def run(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  # not a secret
        while time.monotonic() < deadline:
            name, work = mixed(committed_fleet, chance)
            with contextlib.suppress(*REFUSALS):
                work()
            done.append(name)

    outcomes = at_once([partial(run, seed) for seed in range(8)])
    failures = [one for one in outcomes if isinstance(one, Exception)]
    note(
        f"mixed operations ({connection.vendor})",
        f"{len(done)} of {len(set(done))} kinds in {seconds} s on 8 threads, {len(failures)} errors",
    )
    assert failures == []
    assert len(set(done)) >= 8


def mixed(fleet: Fleet, chance: random.Random) -> tuple[str, Callable[[], object]]:
    sensors = list(Sensor.objects.order_by("-registered_at")[:6])
    sensor = chance.choice(sensors) if sensors else fleet.register(f"first-{chance.getrandbits(60):x}")
    choices: dict[str, Callable[[], object]] = {
        "register": lambda: fleet.register(f"box-{chance.getrandbits(60):x}"),
        "enrol": lambda: request_enrolment(
            code=issue_sensor_code(sensor=sensor, issued_by=ACTOR), csr=new_csr(), source="192.0.2.1"
        ),
        "sign": sign_waiting_certificates,
        "renew": lambda: request_renewal(sensor=sensor, **renewal(sensor)),
        "observe": lambda: fleet.observe(up=[session_of(sensor)]),
        "cut": lambda: fleet.observe(cuts=[fleet.cut_of(one) for one in sensors]),
        "escalate": escalation.escalate_cases,
        "state": lambda: describe_gateway_state(gateway=fleet.gateway, since=chance.randrange(5)),
        "code": lambda: issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR),
        "retire": lambda: retire_sensor(sensor=sensor, retired_by=ACTOR),
        "report": lambda: fleet.reported(sensor),
        "ask for a gateway's code": lambda: request_gateway_code(
            gateway=fleet.gateway, reason="New disk.", requested_by=fleet.world.operator
        ),
    }
    if waiting := Approval.objects.undecided().filter(about=fleet.gateway.about).first():
        choices["agree to a gateway"] = partial(
            agree_to_gateway, approval=waiting.pk, approved_by=fleet.world.administrator
        )
    if chance.random() < 0.2:
        # Rarely, as much of the rest is refused until it is given back.
        choices["revoke the gateway"] = lambda: revoke_gateway(
            gateway=fleet.gateway, reason="Stolen.", revoked_by=fleet.world.operator
        )
    if case := Case.objects.filter(sensor=sensor, closed_at=None).first():
        choices["ask to close"] = lambda: propose(fleet, case, chance.choice(list(CaseOutcome)))
        if waiting := Approval.objects.undecided().filter(about=case.about).first():
            choices["agree"] = lambda: close_case(case=case, approval=waiting.pk, approved_by=fleet.world.manager)
            choices["object"] = lambda: refuse_approval(
                approval=waiting.pk, about=case.about, refused_by=fleet.world.owner
            )
    if CertificateRequest.objects.filter(sensor=sensor).exclude(certificate=None).exists():
        choices["release"] = lambda: release_disk_key(
            sensor=sensor,
            certificate=fleet.certificate_of(sensor),
            source=sensor.address,
            confirmation=as_reported(sensor),
        )
    choices |= releases_together(fleet, *sensors)
    name = chance.choice([*choices, *["report"] * 2])
    return name, choices[name]
