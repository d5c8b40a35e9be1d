from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from pki.authority.operations import ask_for_time as asking
from pki.models import Authority, Certificate, TimeQuery
from sensors.enrolment.operations.stamp_times import stamp_times
from tenants.models import AuditEntry
from tests.support.fleet import Fleet
from tests.support.machines_door import reason_of
from tests.support.time_stamps import QUERY_TYPE, REPLY_TYPE, TIME_PATH, ask_time, judge, new_query

pytestmark = pytest.mark.live


@pytest.fixture
def authority_file(fleet: Fleet, tmp_path: Path) -> Path:
    path = tmp_path / "ca.crt"
    path.write_text(Authority.objects.current().pem)
    return path


def test_it_waits_for_the_signer_and_openssl_takes_the_answer(authority_file: Path, tmp_path: Path):
    query = new_query(tmp_path)
    waiting = ask_time(query.read_bytes())
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "1")
    assert stamp_times(now=timezone.now()) == 1
    answer = ask_time(query.read_bytes())
    assert (answer.status_code, answer["Content-Type"]) == (200, REPLY_TYPE)
    assert judge(query, answer.content, authority_file).good
    assert stamp_times(now=timezone.now()) == 0


def test_an_answer_is_for_its_own_question_alone(authority_file: Path, tmp_path: Path):
    first, second = new_query(tmp_path, "first"), new_query(tmp_path, "second")
    for query in (first, second):
        ask_time(query.read_bytes())
    stamp_times(now=timezone.now())
    assert judge(second, ask_time(second.read_bytes()).content, authority_file).good
    assert not judge(second, ask_time(first.read_bytes()).content, authority_file).good


def test_the_certificate_that_signs_it_is_on_record_and_made_once(authority_file: Path, tmp_path: Path):
    for name in ("first", "second"):
        ask_time(new_query(tmp_path, name).read_bytes())
        stamp_times(now=timezone.now())
    (certificate,) = Certificate.objects.filter(profile="time")
    assert certificate.not_after - certificate.not_before < timedelta(days=1, minutes=6)
    (entry,) = AuditEntry.objects.filter(subject="authority:time")
    assert entry.details["serial"] == certificate.serial


@pytest.mark.parametrize(
    "options", ["-sha256", "-sha256 -cert -no_nonce", "-sha512 -cert", "-sha256 -cert -tspolicy 1.2.3"]
)
def test_other_questions_are_refused(fleet: Fleet, tmp_path: Path, options: str):
    answer = ask_time(new_query(tmp_path, "query", *options.split()).read_bytes())
    assert reason_of(answer) == (400, "query-refused")
    assert not TimeQuery.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"\0" * 160, b"\x30\x84\xff\xff\xff\xff", b"x" * 100_000])
def test_what_is_no_question_is_refused(fleet: Fleet, body: bytes):
    answer = ask_time(body)
    assert reason_of(answer) == (400, "query-refused")


def test_another_type_is_refused(fleet: Fleet, client, tmp_path: Path):
    body = new_query(tmp_path).read_bytes()
    assert client.post(TIME_PATH, body, content_type="application/json").status_code == 415
    assert QUERY_TYPE != "application/json"


def test_what_nobody_waits_for_any_more_is_forgotten_and_not_signed(authority_file: Path, tmp_path: Path):
    ask_time(new_query(tmp_path).read_bytes())
    TimeQuery.objects.update(asked_at=timezone.now() - timedelta(seconds=61))
    assert stamp_times(now=timezone.now()) == 0
    assert not TimeQuery.objects.exists()


def test_only_so_many_may_wait(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asking, "MOST_WAITING", 2)
    asked = [ask_time(new_query(tmp_path, str(number)).read_bytes()) for number in range(3)]
    assert [answer.status_code for answer in asked] == [202, 202, 429]
    assert reason_of(asked[2]) == (429, "too-many-ask")


def test_one_address_asks_so_often_and_no_more(fleet: Fleet, tmp_path: Path):
    query = new_query(tmp_path).read_bytes()
    statuses = [ask_time(query, **{"X-Real-IP": "203.0.113.9"}).status_code for _ in range(62)]
    assert statuses[:60] == [202] * 60
    assert 429 in statuses[60:]
    assert ask_time(query, **{"X-Real-IP": "203.0.113.10"}).status_code == 202
