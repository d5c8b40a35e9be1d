"""The same facts in words, and an exit code that a monitoring system understands."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from limits.kept import Kept
from portal.backups.continuous import Continuity
from portal.management.commands import check_service
from portal.monitoring import gathering
from portal.monitoring.facts import RevocationList, Verification, Waiting
from portal.monitoring.findings import Level, findings_of
from tests.support.fleet import Fleet
from tests.support.monitoring_examples import EXAMPLE, NOW, WELL


def run() -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("check_service", stdout=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


@pytest.fixture(autouse=True)
def no_doors(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(gathering, "DOORS", Kept(dict, seconds=300))
    settings.LIMITS_URL = "database"


def test_a_service_of_which_all_is_well_ends_with_nothing(monkeypatch: pytest.MonkeyPatch, db: None):
    monkeypatch.setattr(check_service, "check_rights", lambda **_: [])
    monkeypatch.setattr(check_service, "gather_facts", lambda: EXAMPLE)
    monkeypatch.setattr(check_service, "look_at_continuity", Continuity)
    code, said = run()
    assert (code, said.splitlines()[0]) == (0, "OK: nothing of 14 is not right")
    assert all(line.startswith("OK") for line in said.splitlines())


Case = tuple[dict[str, Any], Level, str]
GATEWAY: dict[str, Case] = {
    "a silent gateway": ({"report_age": 91.0}, Level.CRITICAL, "gateway gateway-1: silent for 91 seconds"),
    "a gateway that leaves questions unanswered": ({"unanswered": 1}, Level.CRITICAL, "so keys are held"),
    "a gateway with a problem": ({"problems": 1}, Level.WARNING, "1 problem(s), 0 change(s) behind"),
    "a gateway that lags": ({"generation_lag": 2}, Level.WARNING, "0 problem(s), 2 change(s) behind"),
    "a gateway that never came": ({"report_age": None}, Level.WARNING, "has never reported"),
    "a gateway's certificate": (
        {"certificate_ends": NOW + timedelta(days=29)},
        Level.WARNING,
        "certificate: ends in 29 days",
    ),
    "a gateway's certificate that has ended": (
        {"certificate_ends": NOW - timedelta(days=1)},
        Level.CRITICAL,
        "certificate: HAS ENDED",
    ),
}
OTHERS: dict[str, Case] = {
    "a case that nobody confirms": ({"unconfirmed_cases": Waiting(1, 301)}, Level.CRITICAL, "the oldest for 5 minutes"),
    "a box that tells nothing": ({"quiet": 1}, Level.WARNING, "1 quiet"),
    "a key that waits for people": ({"held": {"two-places": 2}}, Level.WARNING, "held keys: 2 (two-places)"),
    "a key that waits for a moment": ({"held": {"gateway-silent": 2}}, Level.OK, "held keys: 2 (gateway-silent)"),
    "a mail that waits": ({"mails": Waiting(3, 601)}, Level.WARNING, "mails: 3 wait, the oldest for 10 minutes"),
    "a mail that waits long": ({"mails": Waiting(3, 3601)}, Level.CRITICAL, "the oldest for 60 minutes"),
    "a mail that was refused": ({"failed_mails": 1}, Level.WARNING, "1 could not be sent"),
    "a signer that sleeps": ({"certificate_requests": Waiting(1, 61)}, Level.WARNING, "the oldest for 61 seconds"),
    "a signer that is gone": ({"certificate_requests": Waiting(1, 601)}, Level.CRITICAL, "the oldest for 10 minutes"),
    "an authority that ends": (
        {"authority_ends": NOW + timedelta(days=2)},
        Level.CRITICAL,
        "authority: ends in 2 days",
    ),
    "no authority": ({"authority_ends": None}, Level.WARNING, "authority: there is none"),
    "a door that is shut": ({"doors": {"machines": None}}, Level.CRITICAL, "door for machines: does not answer"),
    "a list that ends": (
        {"revocation_list": RevocationList(NOW, NOW + timedelta(days=1))},
        Level.WARNING,
        "revocation list: ends in 24 hours",
    ),
    "no list": ({"revocation_list": None}, Level.WARNING, "revocation list: there is none"),
    "a trail that was never verified": ({"verification": None}, Level.WARNING, "was never verified"),
    "a trail that was verified long ago": (
        {"verification": Verification(NOW - timedelta(days=3), 0)},
        Level.WARNING,
        "unbroken 3 days ago",
    ),
    "a broken trail": ({"verification": Verification(NOW, 1)}, Level.CRITICAL, "1 chain(s) were broken"),
}
OF_GATEWAYS: dict[str, Case] = {
    name: ({"gateways": (replace(WELL, **change),)}, level, words) for name, (change, level, words) in GATEWAY.items()
}
ALL = OF_GATEWAYS | OTHERS


@pytest.mark.parametrize(("change", "level", "words"), ALL.values(), ids=ALL)
def test_what_is_not_right_is_said_with_what_to_do(change: dict[str, Any], level: Level, words: str):
    assert max(finding.level for finding in findings_of(EXAMPLE)) is Level.OK
    found = list(findings_of(replace(EXAMPLE, **change)))
    assert max(finding.level for finding in found) is level
    [named] = [finding for finding in found if words in finding.text]
    assert named.level is level
    assert bool(named.mend) is (level > Level.OK)


@pytest.mark.parametrize(
    ("found", "code"), [(Continuity(absent="Nobody keeps it."), 1), (Continuity(failing="It fails since."), 2)]
)
def test_that_new_keys_would_be_lost_with_the_host_is_said(
    monkeypatch: pytest.MonkeyPatch, db: None, found: Continuity, code: int
):
    monkeypatch.setattr(check_service, "check_rights", lambda **_: [])
    monkeypatch.setattr(check_service, "gather_facts", lambda: EXAMPLE)
    monkeypatch.setattr(check_service, "look_at_continuity", lambda: found)
    # Of SQLite, which is for a trial, another check tells.
    assert run()[0] == (code if connection.vendor == "postgresql" else 0)


def test_it_reads_the_real_database(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    code, said = run()
    assert code == 1
    assert "gateway gateway-1: has never reported. Enrol its host." in said
    assert said.startswith("WARNING: ")


def test_without_a_database_it_says_so_and_keeps_its_words(monkeypatch: pytest.MonkeyPatch, db: None):
    def fail(**_: object) -> Any:
        raise OperationalError("password for postgres at 10.9.8.7 is wrong: hunter2")

    monkeypatch.setattr(check_service, "check_rights", fail)
    code, said = run()
    assert code == 2
    assert "database: does not answer" in said
    assert "hunter2" not in said


def test_a_database_that_is_not_migrated_is_critical(monkeypatch: pytest.MonkeyPatch, db: None):
    monkeypatch.setattr(check_service, "migrations_that_are_missing", lambda: {("sensors", "0009")})
    code, said = run()
    assert code == 2
    assert "not migrated to this version. Run manage.py migrate" in said


def test_a_redis_that_is_away_is_a_warning(settings: Any, db: None):
    settings.LIMITS_URL = "unix:///nowhere/redis.sock"
    assert "WARNING  redis: does not answer" in run()[1]
