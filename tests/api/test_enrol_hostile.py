"""Enrolment is the one call that anybody on the internet may make."""

import pytest
from django.test import Client

from tenants.models import AuditEntry
from tests.support.enrolling import ENROL_PATH, code_for, send_enrolment
from tests.support.fleet import Fleet, new_csr
from tests.support.machines_door import reason_of
from tests.support.purses import Clock


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"code": "A"}',
        b'{"csr": "A"}',
        b'{"code": null, "csr": "A"}',
        b'{"code": ["A"], "csr": {"a": 1}}',
        b'{"code": "A\\u0000", "csr": "A"}',
        b'{"code": "\\ud800", "csr": "A"}',
        b'{"code": "A", "csr": "' + b"x" * 20_001 + b'"}',
        b'{"code": "' + b"x" * 201 + b'", "csr": "A"}',
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_malformed_body_is_refused_with_a_problem(db: None, body: bytes):
    response = Client(raise_request_exception=False).post(ENROL_PATH, body, content_type="application/json")
    assert response["Content-Type"] == "application/problem+json"
    assert response.status_code == 400


def test_only_json_is_read(db: None):
    assert Client().post(ENROL_PATH, {"code": "A", "csr": "B"}).status_code == 415


def test_a_body_that_is_too_large_is_refused(db: None):
    body = b'{"code": "A", "csr": "' + b"x" * 300_000 + b'"}'
    response = Client(raise_request_exception=False).post(ENROL_PATH, body, content_type="application/json")
    assert response.status_code in {400, 413}


def test_too_many_tries_from_one_address_are_put_off(db: None, monkeypatch: pytest.MonkeyPatch):
    Clock(monkeypatch)
    answers = [send_enrolment("A", "B", **{"X-Real-IP": "198.51.100.21"}) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {400}
    assert reason_of(answers[60]) == (429, "throttled")
    assert int(answers[60]["Retry-After"]) > 0
    assert send_enrolment("A", "B", **{"X-Real-IP": "198.51.100.22"}).status_code == 400


def test_a_guesser_cannot_pass_for_another_address(db: None, monkeypatch: pytest.MonkeyPatch):
    """nginx overwrites X-Real-IP; whatever else a client claims counts for nothing."""
    Clock(monkeypatch)
    for number in range(61):
        claimed = {"X-Forwarded-For": f"192.0.2.{number}", "Forwarded": f"for=192.0.2.{number}"}
        last = send_enrolment("A", "B", **{"X-Real-IP": "198.51.100.21"}, **claimed)
    assert last.status_code == 429


def test_the_audit_trail_names_the_source_and_not_the_code(fleet: Fleet):
    code = code_for(fleet.register())
    send_enrolment(code, new_csr(), **{"X-Real-IP": "203.0.113.7"})
    entry = AuditEntry.objects.get(action="sensor:enrolment:request")
    assert entry.details["source"] == "203.0.113.7"
    assert code not in str(list(AuditEntry.objects.values()))


def test_neither_code_nor_csr_reaches_the_log(fleet: Fleet, caplog: pytest.LogCaptureFixture):
    code, csr = code_for(fleet.register()), new_csr()
    send_enrolment(code, "nothing")
    send_enrolment(code, csr)
    send_enrolment(code, new_csr())
    assert code not in caplog.text
    assert "BEGIN CERTIFICATE REQUEST" not in caplog.text
