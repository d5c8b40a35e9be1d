import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import (
    code_digest,
    code_proof,
    issue_gateway_code,
    issue_sensor_code,
)
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.models import EnrolmentCode
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet, new_csr

FORM = re.compile(r"([A-Z2-7]{5}-){5}[A-Z2-7]")


def test_a_code_has_the_form_that_people_can_type_and_differs_each_time(fleet: Fleet):
    sensor = fleet.register()
    codes = {issue_sensor_code(sensor=sensor, issued_by=ACTOR) for _ in range(5)}
    assert len(codes) == 5
    assert all(FORM.fullmatch(code) for code in codes)


def test_the_database_holds_nothing_from_which_the_code_can_be_told(fleet: Fleet):
    code = issue_sensor_code(sensor=fleet.register(), issued_by=ACTOR)
    parts = [code, code.replace("-", ""), code[:11]]
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # the database's own names
            text = repr(cursor.fetchall())
        assert not [part for part in parts if part in text or part.lower() in text], table
    assert EnrolmentCode.objects.get().digest == code_digest(code_proof(code))


def test_a_new_code_ends_the_one_before(fleet: Fleet):
    sensor = fleet.register()
    first, second = (issue_sensor_code(sensor=sensor, issued_by=ACTOR) for _ in range(2))
    with pytest.raises(CodeRefused):
        request_enrolment(code=first, csr=new_csr(), source="192.0.2.1")
    request_enrolment(code=second, csr=new_csr(), source="192.0.2.1")


def test_another_sensors_code_is_left_alone(fleet: Fleet):
    code = issue_sensor_code(sensor=fleet.register("box-1"), issued_by=ACTOR)
    issue_sensor_code(sensor=fleet.register("box-2"), issued_by=ACTOR)
    issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    request_enrolment(code=code, csr=new_csr(), source="192.0.2.1")


def test_it_lasts_a_week(fleet: Fleet):
    issue_sensor_code(sensor=fleet.register(), issued_by=ACTOR)
    now = timezone.now()
    assert EnrolmentCode.objects.usable(now + timedelta(days=6, hours=23)).exists()
    assert not EnrolmentCode.objects.usable(now + timedelta(days=7, seconds=1)).exists()


@pytest.mark.parametrize("end", ["report", "retire"])
def test_a_sensor_that_is_out_of_service_gets_none(fleet: Fleet, end: str):
    sensor = fleet.enrolled()
    if end == "report":
        fleet.reported(sensor)
    else:
        retire_sensor(sensor=sensor, retired_by=ACTOR)
    count = EnrolmentCode.objects.count()
    with pytest.raises(ValidationError, match="it cannot enrol"):
        issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    assert EnrolmentCode.objects.count() == count


def test_the_audit_row_says_who_issued_it_and_until_when_and_not_the_code(fleet: Fleet):
    sensor = fleet.register()
    code = issue_sensor_code(sensor=sensor, issued_by=fleet.world.operator.actor)
    entry = AuditEntry.objects.get(action="sensor:enrolment-code:issue")
    assert (entry.actor, entry.subject) == ("person:operator@example.org", f"sensor:{sensor.subject}")
    assert set(entry.details) == {"expires_at"}
    assert code not in repr(entry.details)


@given(st.text(max_size=30), st.text(" \t\n-", max_size=3), st.integers(0, 30))
def test_spaces_dashes_and_case_do_not_matter(code: str, noise: str, place: int):
    assert code_proof(code[:place] + noise + code[place:]) == code_proof(code)
    if code.isascii():
        assert code_proof(code.lower()) == code_proof(code.upper())


@given(st.text("ABCDEFG234", min_size=26, max_size=26), st.text("ABCDEFG234", min_size=26, max_size=26))
def test_different_codes_have_different_proofs(one: str, other: str):
    assert (code_proof(one) == code_proof(other)) == (one == other)


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "x" * 100_000, "\u202e"])
def test_any_text_has_a_proof(text: str):
    assert len(code_proof(text)) == 64
