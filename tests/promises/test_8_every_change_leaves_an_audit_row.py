"""Promise 8: a release, a refusal or a change of state stands or falls with its audit row, in one transaction."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.keys.operations.release_disk_key import Answer, release_disk_key
from sensors.keys.release_decision import Outcome
from tenants.audit import chain as audit_chain
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tests.support.audit_rows import no_room_for_an_entry
from tests.support.every_operation import operations
from tests.support.fleet import ACTOR, Fleet, as_reported


def everything() -> dict[str, list[Any]]:
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def keys_of(answer: object) -> list[bytes | None]:
    answers = answer.values() if isinstance(answer, dict) else [answer]
    return [one.disk_key for one in answers if isinstance(one, Answer) and one.disk_key]


# Taken one after the other, as each builds on those before it; with the rows that each leaves.
ROWS = {
    "enrolment": ["sensor:enrolment:request"],
    "signing": ["sensor:state:change", "certificate:issue"],
    "renewal": ["sensor:renewal:request"],
    "signing of the renewal": ["certificate:issue"],
    "registration": ["sensor:register"],
    "code": ["sensor:enrolment-code:issue"],
    "gateway code": ["gateway:enrolment-code:issue"],
    "gateway change": ["gateway:change"],
    "release": ["sensor:disk-key:release"],
    "releases": ["sensor:disk-key:release"],
    "permit": ["sensor:disk-key:permit"],
    "report": ["case:open", "sensor:state:change", "certificate:revoke"],
    "card": ["loss-card:make"],
    "report by card": ["case:open", "sensor:state:change", "certificate:revoke"],
    "too many by card": ["loss-card:limit"],
    "card revoked": ["loss-card:revoke"],
    "confirmation": ["case:measure:observed", "case:measure:observed", "sensor:state:change"],
    "note": ["case:note"],
    "closing asked for": ["approval:request"],
    "closing refused": ["approval:refused"],
    "closing asked for again": ["approval:request"],
    "closing": ["approval:approved", "sensor:state:change", "case:close"],
    "invitation asked for": ["approval:request"],
    "invitation": ["person:add", "person:role:grant", "approval:approved"],
    "reading of people": ["list:read"],
    "code for two asked for": ["approval:request"],
    "code for two": ["sensor:enrolment-code:issue", "approval:approved"],
    "networks for two asked for": ["approval:request"],
    "networks for two": ["site:change", "approval:approved"],
    "policy for two asked for": ["approval:request"],
    "policy for two": ["customer:set-change-policy", "approval:approved"],
    "move": ["sensor:move"],
    "replacement": ["sensor:state:change", "sensor:describe", "sensor:register", "sensor:replace", "sensor:replace"],
    "retirement": ["sensor:state:change"],
    "gateway asked for": ["approval:request"],
    "gateway agreed to": ["approval:approved", "gateway:register"],
    "gateway code asked for": ["approval:request"],
    "gateway code agreed to": ["approval:approved"],
    "gateway code fetched": ["gateway:enrolment-code:issue"],
    # In the provider's chain, and in that of the customer whose boxes it serves.
    "gateway revoked": ["gateway:revoke", "gateway:revoke"],
    "gateway's place asked for": ["approval:request"],
    "gateway's place agreed to": ["approval:approved", "gateway:give-back"],
    "role": ["person:role:grant"],
    "correction": ["person:correct"],
    "role for two asked for": ["approval:request"],
    "role for two": ["person:role:grant", "approval:approved"],
    "invitation again": ["person:add", "person:role:grant", "person:invite-again"],
    "removal": ["person:disable", "person:role:revoke"],
    "restored gateway": ["gateway:ahead-of-portal"],
}


def test_without_room_for_the_audit_row_nothing_happens(fleet: Fleet, caplog: pytest.LogCaptureFixture):
    works = operations(fleet)
    # Several keys are released together on PostgreSQL alone.
    assert set(works) == set(ROWS) - ({"releases"} if connection.vendor == "sqlite" else set())
    for name in works:
        answer = try_without_room(works[name])
        assert keys_of(answer) == [], name
        last = AuditEntry.objects.latest("pk").pk
        works[name]()
        written = AuditEntry.objects.filter(pk__gt=last).order_by("pk").values_list("action", flat=True)
        assert list(written) == ROWS[name], name


def try_without_room(work: Callable[[], object]) -> object:
    """A gateway's report is taken in even if a cut in it cannot be: it is sent again until it was answered."""
    answer = None
    with no_room_for_an_entry():
        before = everything()
        with contextlib.suppress(Exception):
            answer = work()
        after = everything()
    changed = {label for label in before if before[label] != after[label]}
    assert changed <= {"sensors.GatewayContact"}, changed
    return answer


@pytest.mark.parametrize(
    ("source", "outcome", "action"),
    [
        ("own", Outcome.RELEASED, "sensor:disk-key:release"),
        ("203.0.113.5", Outcome.REFUSED, "sensor:disk-key:refuse"),
    ],
)
def test_each_answer_to_a_key_request_leaves_its_row(fleet: Fleet, source: str, outcome: Outcome, action: str):
    sensor = fleet.connected()
    asked = sensor.address if source == "own" else source
    answer = release_disk_key(
        sensor=sensor, certificate=fleet.certificate_of(sensor), source=asked, confirmation=as_reported(sensor)
    )
    assert answer.verdict.outcome is outcome
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details["source"]) == (action, asked)


def test_a_key_that_is_held_leaves_its_row(fleet: Fleet):
    sensor = fleet.connected(public_address="203.0.113.5")
    answer = release_disk_key(
        sensor=sensor, certificate=fleet.certificate_of(sensor), source=sensor.address, confirmation=as_reported(sensor)
    )
    assert answer.verdict.outcome is Outcome.HELD
    assert AuditEntry.objects.latest("pk").action == "sensor:disk-key:hold"


@pytest.fixture
def exported(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> list[str]:
    sensor = fleet.connected()
    fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    issue_sensor_code(sensor=fleet.register("another"), issued_by=ACTOR)
    for chain in AuditChain.objects.all():
        verify_audit(chain=chain)
    capsys.readouterr()
    call_command("export_audit", "harbour")
    return capsys.readouterr().out.splitlines()


def verifies(lines: list[str], folder: Any) -> bool:
    """By the one file that a customer is given, with neither our database nor our libraries."""
    path = folder / "export.jsonl"
    path.write_text("".join(line + "\n" for line in lines))
    command = [sys.executable, "-I", audit_chain.__file__, str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.live
def test_whoever_holds_an_export_can_tell_that_it_is_whole(exported: list[str], tmp_path: Any):
    assert len(exported) > 8
    assert verifies(exported, tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("field", ["at", "actor", "action", "subject", "details", "sequence", "chain"])
def test_and_that_it_is_not_when_anything_in_it_was_changed(exported: list[str], tmp_path: Any, field: str):
    entry = json.loads(exported[4])
    entry[field] = {"other": 1} if field == "details" else entry[field] + (1 if field == "sequence" else "x")
    assert not verifies([*exported[:4], json.dumps(entry), *exported[5:]], tmp_path)


@pytest.mark.live
def test_or_left_out_or_moved_or_forged_with_a_hash_of_its_own(exported: list[str], tmp_path: Any):
    assert not verifies(exported[:4] + exported[5:], tmp_path)
    assert not verifies([*exported[:3], exported[4], exported[3], *exported[5:]], tmp_path)
    forged = replace(audit_chain.Entry(**json.loads(exported[4])), action="nothing:happened")
    fields = {
        name: getattr(forged, name) for name in ("chain", "sequence", "at", "actor", "action", "subject", "details")
    }
    forged = replace(forged, hash=audit_chain.entry_hash(**fields, previous=forged.previous_hash))
    assert not verifies([*exported[:4], audit_chain.to_line(forged), *exported[5:]], tmp_path)
