"""What two do at the same moment, for the promises as a whole. On PostgreSQL with real row locks; on SQLite its one
write lock is tried."""

import time
from functools import partial

from django.core.exceptions import ValidationError
from django.db import connection

from notices.models import Mail
from pki.models import Certificate
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.record_observation import record_observation
from sensors.cases.operations.request_closing import request_closing
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.request_renewal import RenewalRefused, request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.models import Case, CaseOutcome, CertificateRequest, EnrolmentCode, Sensor, UnderlayAddress
from sensors.states import SensorState
from tenants.models import Approval, AuditEntry
from tests.support.at_once import at_once, results
from tests.support.fleet import ACTOR, Fleet, new_csr, renewal, session_of
from tests.support.soaking import note, rounds

ROUNDS = {"suite": 6, "soak": 100}


def assert_is_cut(fleet: Fleet, sensor: Sensor) -> None:
    """Nothing valid is left, and no gateway is told to let it in."""
    sensor = Sensor.objects.get(pk=sensor.pk)
    assert sensor.state in {SensorState.REPORTED, SensorState.CUT_OFF}
    assert not Certificate.objects.of_subject(sensor.subject).not_revoked().exists()
    assert not EnrolmentCode.objects.filter(sensor=sensor, used_at=None, revoked_at=None).exists()
    assert not CertificateRequest.objects.filter(sensor=sensor).exclude(tunnel_key="").exists()
    [entry] = [
        entry
        for entry in describe_gateway_state(gateway=fleet.gateway, since=0)["sensors"]
        if entry["subject"] == sensor.subject
    ]
    assert (entry["allowed"], entry["client_config"], entry["serials"]) == (False, None, [])


def test_one_code_sent_by_16_boxes_at_once_is_used_by_one(committed_fleet: Fleet):
    wanted = rounds(**ROUNDS)
    for number in range(wanted):
        sensor = committed_fleet.register(f"box-{number}")
        code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
        csrs = [new_csr() for _ in range(16)]
        outcomes = at_once([partial(request_enrolment, code=code, csr=csr, source="192.0.2.1") for csr in csrs])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CertificateRequest"] + ["CodeRefused"] * 15
        sign_waiting_certificates()
        assert Certificate.objects.of_subject(sensor.subject).count() == 1
    note(f"one code, 16 boxes ({connection.vendor})", f"{wanted} rounds, one winner in each")


def test_50_addresses_taken_at_once_are_50_without_a_gap(committed_fleet: Fleet):
    world = committed_fleet.world
    register = [
        partial(
            register_sensor,
            site=world.quay if number % 2 else world.dairy,
            gateway=world.gateway,
            name=f"box-{number}",
            line="2.4",
            registered_by=ACTOR,
        )
        for number in range(50)
    ]
    sensors = results(at_once(register))
    assert {sensor.address for sensor in sensors} == {f"10.88.0.{last}" for last in range(2, 52)}
    assert UnderlayAddress.objects.count() == 50
    # One generation each: no gateway's poll can step over one of them.
    assert sorted(slot.generation for sensor in sensors for slot in sensor.slots.all()) == list(range(2, 52))


def test_people_who_report_the_same_box_at_once_make_one_case(committed_fleet: Fleet):
    wanted = rounds(**ROUNDS)
    for number in range(wanted):
        sensor = committed_fleet.connected(f"box-{number}")
        people = [committed_fleet.world.owner, committed_fleet.world.manager] * 4
        cases = results(at_once([partial(committed_fleet.reported, sensor, by=person) for person in people]))
        assert {case.pk for case in cases} == {Case.objects.get(sensor=sensor).pk}
        about = cases[0].about
        assert AuditEntry.objects.filter(action="case:open", subject=about).count() == 1
        assert Mail.objects.filter(about=about).count() == 4
    note(f"8 people report one box ({connection.vendor})", f"{wanted} rounds, one case in each")


def test_a_renewal_at_the_moment_of_the_report_leaves_nothing_valid(committed_fleet: Fleet):
    wanted = rounds(**ROUNDS)
    for number in range(wanted):
        sensor = committed_fleet.connected(f"box-{number}")
        outcomes = at_once(
            [
                partial(request_renewal, sensor=sensor, **renewal(sensor)),
                partial(renew_and_sign, sensor),
                sign_waiting_certificates,
                partial(committed_fleet.reported, sensor),
            ]
        )
        assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, RenewalRefused)]
        sign_waiting_certificates()
        assert_is_cut(committed_fleet, sensor)
    note(f"renewal against report ({connection.vendor})", f"{wanted} rounds, nothing valid left")


def renew_and_sign(sensor: Sensor) -> None:
    request_renewal(sensor=sensor, **renewal(sensor))
    sign_waiting_certificates()


def test_an_enrolment_at_the_moment_of_the_report_leaves_nothing_valid(committed_fleet: Fleet):
    wanted, signed = rounds(**ROUNDS), 0
    for number in range(wanted):
        sensor = committed_fleet.register(f"box-{number}") if number % 2 else committed_fleet.connected(f"box-{number}")
        code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
        outcomes = at_once(
            [
                partial(request_enrolment, code=code, csr=new_csr(), source="192.0.2.1"),
                *[partial(wait_and_sign, 0.002 * step) for step in range(6)],
                partial(wait_and_report, committed_fleet, sensor, 0.004 * (number % 6)),
            ]
        )
        assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, CodeRefused)]
        sign_waiting_certificates()
        assert_is_cut(committed_fleet, sensor)
        signed += Certificate.objects.of_subject(sensor.subject).exists()
    note(
        f"enrolment against report ({connection.vendor})",
        f"{wanted} rounds, signed before the report in {signed}, nothing valid left",
    )


def wait_and_sign(seconds: float) -> None:
    time.sleep(seconds)
    sign_waiting_certificates()


def wait_and_report(fleet: Fleet, sensor: Sensor, seconds: float) -> None:
    time.sleep(seconds)
    fleet.reported(sensor)


def test_a_hand_back_at_the_moment_of_a_report_leaves_the_box_cut_off(committed_fleet: Fleet):
    """Two people agree that it was found, while a third says that it is gone: whoever comes first, it stays cut off."""
    wanted, given_back = rounds(**ROUNDS), 0
    for number in range(wanted):
        case = committed_fleet.cut_off(f"box-{number}")
        approval = propose_hand_back(committed_fleet, case)
        outcomes = at_once(
            [
                partial(close_case, case=case, approval=approval.pk, approved_by=committed_fleet.world.manager),
                partial(wait_and_report, committed_fleet, case.sensor, 0.003 * (number % 4)),
                partial(wait_and_enrol, committed_fleet, case.sensor, 0.002 * (number % 5)),
            ]
        )
        assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, ValidationError)]
        sign_waiting_certificates()
        assert_is_cut(committed_fleet, case.sensor)
        assert Case.objects.filter(sensor=case.sensor, closed_at=None).count() == 1
        given_back += Case.objects.filter(pk=case.pk, outcome=CaseOutcome.GIVEN_BACK).exists()
    note(
        f"hand-back against report ({connection.vendor})",
        f"{wanted} rounds, given back before the report in {given_back}, nothing valid left",
    )


def test_people_who_agree_at_once_close_a_case_once(committed_fleet: Fleet):
    wanted = rounds(**ROUNDS)
    for number in range(wanted):
        case = committed_fleet.cut_off(f"box-{number}")
        approval = propose_hand_back(committed_fleet, case)
        people = [committed_fleet.world.manager, committed_fleet.world.administrator] * 4
        outcomes = at_once(
            [partial(close_case, case=case, approval=approval.pk, approved_by=person) for person in people]
        )
        assert sorted(type(one).__name__ for one in outcomes) == ["Case"] + ["ValidationError"] * 7
        assert AuditEntry.objects.filter(action="case:close", subject=case.about).count() == 1
    note(f"8 people agree at once ({connection.vendor})", f"{wanted} rounds, closed once in each")


def propose_hand_back(fleet: Fleet, case: Case) -> Approval:
    return request_closing(
        case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.operator
    )


def wait_and_enrol(fleet: Fleet, sensor: Sensor, seconds: float) -> None:
    time.sleep(seconds)
    fleet.enrol(sensor)


def test_a_gateways_report_at_the_moment_of_the_loss_report_confirms_nothing_too_early(committed_fleet: Fleet):
    """What the gateway saw before the cut reached it must not turn the case, however the two arrive."""
    wanted = rounds(**ROUNDS)
    for number in range(wanted):
        sensor = committed_fleet.connected(f"box-{number}")
        early = committed_fleet.report(
            up=[session_of(sensor)], cuts=[committed_fleet.cut_of(sensor, session_gone=False)]
        )
        results(
            at_once(
                [
                    partial(record_observation, gateway=committed_fleet.gateway, report=early),
                    partial(committed_fleet.reported, sensor),
                ]
            )
        )
        case = Case.objects.get(sensor=sensor)
        assert case.confirmed_at is None
        assert case.measures.filter(done_at=None).count() == 2
        committed_fleet.observe(down=[sensor.subject], cuts=[committed_fleet.cut_of(sensor)])
        assert Case.objects.get(sensor=sensor).confirmed_at is not None
        assert_is_cut(committed_fleet, sensor)
    note(f"observation against report ({connection.vendor})", f"{wanted} rounds, none turned too early")
