"""Anybody may ask for the time. What others need goes on meanwhile: enrolments from the same address, the signer."""

from pathlib import Path

import pytest
from django.utils import timezone

from pki.authority.operations import answer_time_queries as answering
from pki.models import TimeQuery
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.enrolment.operations.stamp_times import stamp_times
from tests.support.enrolling import code_for, send_enrolment
from tests.support.fleet import Fleet, new_csr
from tests.support.time_stamps import ask_time, new_query

pytestmark = pytest.mark.live
FLOODER = {"X-Real-IP": "203.0.113.9"}


def test_who_asks_without_end_takes_no_try_of_an_enrolment(fleet: Fleet, tmp_path: Path):
    query = new_query(tmp_path).read_bytes()
    statuses = [ask_time(query, **FLOODER).status_code for _ in range(70)]
    assert 429 in statuses
    code, csr = code_for(fleet.register()), new_csr()
    assert send_enrolment(code, csr, **FLOODER).status_code == 202
    sign_waiting_certificates()
    assert send_enrolment(code, csr, **FLOODER).status_code == 201


def test_one_run_of_the_signer_is_bounded(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answering, "_AT_ONCE", 2)
    for number in range(3):
        ask_time(new_query(tmp_path, str(number)).read_bytes())
    assert stamp_times(now=timezone.now()) == 2
    assert TimeQuery.objects.waiting().count() == 1
