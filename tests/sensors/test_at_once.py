"""Operations that meet: each in a thread with a connection of its own, in transactions that really commit."""

import ipaddress
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from pki.models import Certificate
from sensors.cases.operations.make_loss_card import make_loss_card
from sensors.cases.operations.report_loss_by_card import CardRevoked
from sensors.cases.operations.revoke_loss_card import revoke_loss_card
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.keys.operations.release_disk_key import Answer, release_disk_key
from sensors.keys.release_decision import Outcome
from sensors.models import Case, CertificateRequest, EnrolmentCode, LossCard, Sensor, UnderlayAddress
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain
from tests.support.at_once import at_once
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr
from tests.support.loss_cards import card_of, report_by_card

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


def unbroken() -> bool:
    return all(verify_audit(chain=chain) == chain.length for chain in AuditChain.objects.all())


def test_many_sensors_registered_at_once_get_addresses_without_duplicate_or_gap(fleet: Fleet):
    made = at_once([partial(fleet.register, f"box-{number}") for number in range(MANY)], threads=16)
    assert [each for each in made if not isinstance(each, Sensor)] == []
    addresses = sorted(ipaddress.ip_address(text) for text in UnderlayAddress.objects.values_list("address", flat=True))
    assert addresses == [ipaddress.ip_address("10.88.0.2") + number for number in range(MANY)]
    assert fleet.gateway.generation == 1 + MANY
    assert unbroken()


def test_no_report_fails_while_others_register_enrol_and_sign(fleet: Fleet):
    """All of one customer and gateway, so that they meet at every lock that there is."""
    sensors = [fleet.enrolled(f"box-{number}") for number in range(10)]
    codes = [issue_sensor_code(sensor=sensor, issued_by=ACTOR) for sensor in sensors]
    late = [fleet.register(f"late-{number}") for number in range(5)]
    for sensor in late:
        request_enrolment(code=issue_sensor_code(sensor=sensor, issued_by=ACTOR), csr=new_csr(), source="198.51.100.21")
    work: list[Callable[[], Any]] = [
        *(partial(fleet.reported, sensor) for sensor in sensors),
        *(partial(fleet.register, f"new-{number}") for number in range(10)),
        *(partial(request_enrolment, code=code, csr=new_csr(), source="198.51.100.21") for code in codes),
        *(sign_waiting_certificates for _ in range(3)),
    ]
    mixed = [work[index] for start in range(10) for index in range(start, len(work), 10)]
    failed = [
        each for each in at_once(mixed, threads=16) if isinstance(each, Exception) and not isinstance(each, CodeRefused)
    ]
    assert failed == []
    assert set(Sensor.objects.filter(name__startswith="box-").values_list("state", flat=True)) == {"reported"}
    assert len(set(Case.objects.values_list("number", flat=True)) - {None}) == 10
    subjects = [sensor.subject for sensor in sensors]
    assert not Certificate.objects.filter(subject__in=subjects).not_revoked().exists()
    assert not CertificateRequest.objects.filter(sensor__in=sensors).waiting().exists()
    assert unbroken()


def test_a_code_for_two_boxes_at_once_is_one_boxs(fleet: Fleet):
    code = issue_sensor_code(sensor=fleet.register(), issued_by=ACTOR)
    answers = at_once([partial(request_enrolment, code=code, csr=new_csr(), source="192.0.2.1") for _ in range(8)])
    assert sorted(type(answer).__name__ for answer in answers) == ["CertificateRequest"] + ["CodeRefused"] * 7
    assert CertificateRequest.objects.count() == 1


def test_codes_issued_while_one_is_used_leave_one_that_works(fleet: Fleet):
    code = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    work: list[Callable[[], Any]] = [
        partial(request_enrolment, code=code, csr=new_csr(), source="192.0.2.1"),
        *(partial(issue_gateway_code, gateway=fleet.gateway, issued_by=ACTOR) for _ in range(6)),
    ]
    failed = [each for each in at_once(work) if isinstance(each, Exception) and not isinstance(each, CodeRefused)]
    assert failed == []
    assert EnrolmentCode.objects.filter(used_at=None, revoked_at=None).count() == 1


def test_several_reports_of_one_box_at_once_make_one_case(fleet: Fleet):
    sensor = fleet.enrolled()
    cases = at_once([partial(fleet.reported, sensor) for _ in range(8)])
    assert len({case.pk for case in cases}) == 1


def test_one_card_for_many_boxes_at_once_stays_within_its_limit(fleet: Fleet):
    sensors = [fleet.enrolled(f"box-{number}") for number in range(6)]
    card, _ = card_of(fleet)
    answers = at_once([partial(report_by_card, card, sensor) for sensor in sensors])
    assert sorted(type(answer).__name__ for answer in answers) == ["Case"] * 3 + ["TooManyByCard"] * 3
    assert Case.objects.count() == 3
    assert unbroken()


def test_several_reports_of_one_box_by_card_and_by_a_person_make_one_case(fleet: Fleet):
    sensor = fleet.enrolled()
    card, _ = card_of(fleet)
    work = [
        partial(report_by_card, card, sensor) if number % 2 else partial(fleet.reported, sensor) for number in range(8)
    ]
    assert len({case.pk for case in at_once(work)}) == 1


def test_two_who_make_a_card_at_once_make_one(fleet: Fleet):
    make = partial(make_loss_card, site=fleet.world.quay, made_by=fleet.world.owner, after=0)
    made = at_once([make] * 4)
    assert sorted(type(each).__name__ for each in made) == ["ValidationError"] * 3 + ["tuple"]
    assert LossCard.objects.count() == 1
    assert unbroken()


def test_a_card_that_is_revoked_meanwhile_cuts_off_before_it_or_not_at_all(fleet: Fleet):
    sensor = fleet.enrolled()
    card, _ = card_of(fleet)
    done = at_once(
        [partial(report_by_card, card, sensor), partial(revoke_loss_card, card=card, revoked_by=fleet.world.manager)]
    )
    assert isinstance(done[0], Case | CardRevoked)
    assert Case.objects.count() == isinstance(done[0], Case)
    assert unbroken()


def test_no_key_is_released_by_a_request_that_begins_after_a_reports_answer(fleet: Fleet):
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    ask = partial(
        release_disk_key,
        sensor=sensor,
        certificate=certificate,
        source=sensor.address,
        confirmation=as_reported(sensor),
    )

    def report_and_ask() -> Answer:
        fleet.reported(sensor)
        return ask()

    work: list[Callable[[], Any]] = [
        *(ask for _ in range(10)),
        report_and_ask,
        *(ask for _ in range(10)),
        report_and_ask,
    ]
    answers = at_once(work, threads=16)
    assert [each for each in answers if not isinstance(each, Answer)] == []
    for after in (answers[10], answers[-1]):
        assert isinstance(after, Answer)
        assert after.verdict.outcome is Outcome.REFUSED
    released = {each.disk_key for each in answers if isinstance(each, Answer) and each.disk_key}
    assert len(released) <= 1
    assert unbroken()


def test_two_sensors_of_one_name_at_once_are_one_sensor(fleet: Fleet):
    world = fleet.world
    work = [
        partial(register_sensor, site=world.quay, gateway=world.gateway, name="box-1", line="2.4", registered_by=ACTOR)
        for _ in range(6)
    ]
    at_once(work)
    assert Sensor.objects.count() == UnderlayAddress.objects.count() == 1
    assert fleet.gateway.next_address_offset == 3
