"""No two operations wait for each other: the holder of a customer's audit chain waits for no other lock.

A deadlock ends one of the two with an error, and that one may be the report of a theft.
"""

import contextlib
import itertools
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from accounts.operations.agree_to_invitation import agree_to_invitation
from pki.authority.operations.check_renewal import RenewalUnproven
from sensors.cases.operations import escalate_cases as escalation
from sensors.cases.operations.add_case_note import add_case_note
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.record_observation import GatewayRevoked, ReportReplayed
from sensors.cases.operations.request_closing import request_closing
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.agree_to_sensor_code import agree_to_sensor_code
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.request_renewal import RenewalRefused, request_renewal
from sensors.enrolment.operations.request_sensor_code import request_sensor_code
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.gateways.operations.agree_to_gateway import agree_to_gateway
from sensors.gateways.operations.collect_gateway_code import collect_gateway_code
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.request_gateway_registration import request_gateway_registration
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.gateways.operations.set_up_gateway import alter_gateway
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.keys.together.operations.release_disk_keys import KeyRequest, release_disk_keys
from sensors.models import Case, CaseOutcome, CertificateRequest, Sensor
from sensors.states import ImpossibleChange
from tenants.audit.record_read import record_read
from tenants.models import Approval, Person
from tenants.operations.agree_to_change_policy import agree_to_change_policy
from tenants.operations.agree_to_networks import agree_to_networks
from tenants.operations.decide_approval import refuse_approval
from tenants.operations.request_change_policy import request_change_policy
from tenants.operations.request_networks import request_networks
from tests.access.asking import waiting_invitation
from tests.fleet import ACTOR, Fleet, as_reported, new_csr, nobody_has_time_to_object, renewal, session_of
from tests.locks import CHAIN, locked_table
from tests.promises.at_once import at_once
from tests.promises.soaking import note, rounds

# Rows that operations on different sensors share; all else of a sensor is guarded by the sensor's own lock.
SHARED = ("sensors_enrolmentcode", "sensors_gateway")


@contextlib.contextmanager
def locks() -> Iterator[list[str]]:
    """The tables whose rows are locked, in the order of the first lock of each."""
    order: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if (table := locked_table(sql)) and table not in order:
            order.append(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield order


def operations(fleet: Fleet) -> dict[str, Callable[[], object]]:
    """Each with what it needs: the first three run on sensors of their own."""
    nobody_has_time_to_object()
    connected, other, leaving = (fleet.connected(name) for name in ("one", "two", "three"))
    fresh, gateway = fleet.register("four"), fleet.gateway
    code = issue_sensor_code(sensor=fresh, issued_by=ACTOR)
    held = fleet.connected("seven", public_address="203.0.113.9")
    release_disk_key(
        sensor=held, certificate=fleet.certificate_of(held), source=held.address, confirmation=as_reported(held)
    )
    cut, asked = fleet.cut_off("six"), list[Approval]()
    call_command("create_administrator", "carla@example.org", "Carla Conti")

    return {
        "enrolment": partial(request_enrolment, code=code, csr=new_csr(), source="192.0.2.1"),
        "signing": sign_waiting_certificates,
        "renewal": partial(request_renewal, sensor=other, **renewal(other)),
        "signing of the renewal": sign_waiting_certificates,
        "registration": partial(fleet.register, "five"),
        "code": partial(issue_sensor_code, sensor=connected, issued_by=ACTOR),
        "gateway code": partial(issue_gateway_code, gateway=gateway, issued_by=ACTOR),
        "gateway change": partial(
            alter_gateway,
            gateway=gateway,
            host="gw.example",
            port=1194,
            base_networks=[],
            altered_by=ACTOR,
            agreed_by=None,
        ),
        "release": partial(
            release_disk_key,
            sensor=connected,
            certificate=fleet.certificate_of(connected),
            source=connected.address,
            confirmation=as_reported(connected),
        ),
        **releases_together(fleet, connected),
        "permit": partial(permit_release, sensor=held, public_address="203.0.113.9", permitted_by=fleet.world.manager),
        "report": partial(fleet.reported, connected),
        "confirmation": lambda: fleet.observe(cuts=[fleet.cut_of(connected)]),
        "note": lambda: add_case_note(case=cut, text="Seen on the quay.", written_by=fleet.world.owner),
        "closing asked for": lambda: asked.append(propose(fleet, cut)),
        "closing refused": lambda: refuse_approval(
            approval=asked[-1].pk, about=cut.about, refused_by=fleet.world.owner
        ),
        "closing asked for again": lambda: asked.append(propose(fleet, cut)),
        "closing": lambda: close_case(case=cut, approval=asked[-1].pk, approved_by=fleet.world.manager),
        "invitation asked for": lambda: asked.append(waiting_invitation(fleet)),
        "invitation": lambda: agree_to_invitation(approval=asked[-1].pk, approved_by=second_administrator()),
        "reading of people": partial(record_read, reader=fleet.world.auditor, listing="tenants.person", asked={}),
        "code for two asked for": lambda: asked.append(
            request_sensor_code(sensor=fresh, reason="New disk.", requested_by=fleet.world.operator)
        ),
        "code for two": lambda: agree_to_sensor_code(approval=asked[-1].pk, approved_by=fleet.world.administrator),
        "networks for two asked for": lambda: asked.append(
            request_networks(
                site=fleet.world.quay,
                expected_networks=["203.0.113.0/24"],
                reason="New line.",
                requested_by=fleet.world.operator,
            )
        ),
        "networks for two": lambda: agree_to_networks(approval=asked[-1].pk, approved_by=fleet.world.administrator),
        "policy for two asked for": lambda: asked.append(
            request_change_policy(
                customer=fleet.world.harbour,
                change_delay_minutes=0,
                two_people_for_changes=False,
                reason="They want it.",
                requested_by=fleet.world.administrator,
            )
        ),
        "policy for two": lambda: agree_to_change_policy(approval=asked[-1].pk, approved_by=second_administrator()),
        "retirement": partial(retire_sensor, sensor=leaving, retired_by=ACTOR),
        **of_the_gateway(fleet, asked),
        "restored gateway": partial(describe_gateway_state, gateway=gateway, since=9_999),
    }


def of_the_gateway(fleet: Fleet, asked: list[Approval]) -> dict[str, Callable[[], object]]:
    """Registered, coded, revoked and given back by two people."""
    operator = fleet.world.operator

    def agree() -> Approval:
        return agree_to_gateway(approval=asked[-1].pk, approved_by=fleet.world.administrator)

    def ask() -> None:
        asked.append(request_gateway_code(gateway=fleet.gateway, reason="New disk.", requested_by=operator))

    return {
        "gateway asked for": lambda: asked.append(
            request_gateway_registration(
                name="gateway-9", host="gw9.example", port=1194, network="10.99.0.0/16", base_networks=[],
                reason="For the north.", requested_by=operator,
            )
        ),
        "gateway agreed to": agree,
        "gateway code asked for": ask,
        "gateway code agreed to": agree,
        "gateway code fetched": lambda: collect_gateway_code(approval=asked[-1].pk, collected_by=operator),
        "gateway revoked": lambda: revoke_gateway(gateway=fleet.gateway, reason="Stolen.", revoked_by=operator),
        "gateway's place asked for": ask,
        "gateway's place agreed to": agree,
    }  # fmt: skip


def second_administrator() -> Person:
    """Made before anything is asked for."""
    person: Person = Person.objects.get(email="carla@example.org")
    return person


def releases_together(fleet: Fleet, *sensors: Sensor) -> dict[str, Callable[[], object]]:
    """Only PostgreSQL knows locks that nobody waits for."""
    if connection.vendor != "postgresql":
        return {}
    enrolled = CertificateRequest.objects.filter(sensor__in=sensors).exclude(certificate=None)
    keys = set(enrolled.values_list("sensor", flat=True))
    requests = [
        KeyRequest(one, fleet.certificate_of(one), one.address, as_reported(one)) for one in sensors if one.pk in keys
    ]
    return {"releases": partial(release_disk_keys, requests=requests)}


def propose(fleet: Fleet, case: Case, outcome: CaseOutcome = CaseOutcome.WRITTEN_OFF) -> Approval:
    """To write off is the ending that takes the most locks."""
    return request_closing(case=case, outcome=outcome, reason="Gone.", requested_by=fleet.world.operator)


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
