"""Threads of one process that ask for disk keys together: each gets its own answer, whatever becomes of the others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection

from sensors.keys.operations.release_disk_key import Answer, release_disk_key
from sensors.keys.release_decision import Reason
from sensors.keys.together import group_commit
from sensors.keys.together.group_commit import MOST, GroupCommit
from sensors.keys.together.operations.release_disk_keys import KeyRequest, release_disk_keys
from sensors.models import DiskKeyRelease
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain
from tests.support.at_once import at_once, results
from tests.support.fleet import Fleet, as_reported

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite commits no groups")


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many there were in each."""
    sizes: list[int] = []

    def watched(*, requests: Sequence[KeyRequest]) -> Any:
        sizes.append(len(requests))
        return release_disk_keys(requests=requests)

    monkeypatch.setattr(group_commit, "release_disk_keys", watched)
    # Long enough for all who start at the same moment, on a machine that is busy as well.
    monkeypatch.setattr(group_commit, "GATHER", 0.5)
    return sizes


def requests_of(fleet: Fleet, count: int) -> list[KeyRequest]:
    sensors = [fleet.connected(f"box-{number}") for number in range(count)]
    return [KeyRequest(sensor, fleet.certificate_of(sensor), sensor.address, as_reported(sensor)) for sensor in sensors]


def ask_all(releases: GroupCommit, requests: Sequence[KeyRequest]) -> list[Answer]:
    work: list[Callable[[], Answer]] = [partial(releases.release, request) for request in requests]
    return results(at_once(work))


def assert_each_has_its_own(requests: Sequence[KeyRequest], answers: Sequence[Answer]) -> None:
    alone = [release_disk_key(**request._asdict()) for request in requests]
    assert list(answers) == alone
    assert all(answer.disk_key for answer in answers)
    for chain in AuditChain.objects.all():
        verify_audit(chain=chain)


@on_postgresql
def test_who_comes_together_shares_transactions(committed_fleet: Fleet, groups: list[int]):
    requests = requests_of(committed_fleet, 12)
    ask_all(GroupCommit(), requests)  # makes the keys
    groups.clear()
    assert_each_has_its_own(requests, ask_all(GroupCommit(), requests))
    assert max(groups) > 2
    assert sum(groups) <= 12
    assert DiskKeyRelease.objects.count() == 36


def test_who_comes_alone_shares_nothing(committed_fleet: Fleet, groups: list[int]):
    releases, [request] = GroupCommit(), requests_of(committed_fleet, 1)
    assert_each_has_its_own([request], [releases.release(request), releases.release(request)][-1:])
    assert groups == []


@on_postgresql
def test_a_group_has_an_end(committed_fleet: Fleet, groups: list[int], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(group_commit, "MOST", 3)
    requests = requests_of(committed_fleet, 12)
    assert_each_has_its_own(requests, ask_all(GroupCommit(), requests))
    assert max(groups) == 3 < MOST


@on_postgresql
def test_one_box_that_asks_many_times_at_once_gets_an_answer_to_each(committed_fleet: Fleet, groups: list[int]):
    requests = requests_of(committed_fleet, 1) * 6
    assert_each_has_its_own(requests, ask_all(GroupCommit(), requests))
    assert max(groups) == 1


@on_postgresql
def test_the_refused_the_held_and_the_lucky_of_one_group_are_told_so(committed_fleet: Fleet, groups: list[int]):
    requests = requests_of(committed_fleet, 4)
    committed_fleet.reported(requests[1].sensor)
    gone = replace(requests[2].confirmation, session=None)
    requests[2] = requests[2]._replace(confirmation=gone)
    for _ in range(2):
        answers = ask_all(GroupCommit(), requests)
        assert [answer.verdict.reason for answer in answers] == [
            Reason.ALL_FACTS_FIT,
            Reason.CASE_OPEN,
            Reason.SESSION_NOT_YET_REPORTED,
            Reason.ALL_FACTS_FIT,
        ]
        assert [answer.disk_key is not None for answer in answers] == [True, False, False, True]
    assert groups


class Broken(BaseException):
    """As a worker that is told to end in the middle of something."""


@on_postgresql
@pytest.mark.parametrize("failure", [RuntimeError("nothing comes of it"), Broken()])
def test_a_group_that_fails_leaves_nobody_waiting(
    committed_fleet: Fleet, groups: list[int], monkeypatch: pytest.MonkeyPatch, failure: BaseException
):
    def fail(*, requests: Sequence[KeyRequest]) -> Any:
        groups.append(len(requests))
        raise failure

    monkeypatch.setattr(group_commit, "release_disk_keys", fail)
    releases, requests = GroupCommit(), requests_of(committed_fleet, 6)

    def ask(request: KeyRequest) -> Answer | None:
        try:
            return releases.release(request)
        except Broken:
            return None

    answers = results(at_once([partial(ask, request) for request in requests]))
    lost = sum(answer is None for answer in answers)
    # Only who led the group is taken down with it.
    assert lost == (len(groups) if isinstance(failure, Broken) else 0)
    assert lost < len(requests)
    assert all(answer.disk_key for answer in answers if answer)
    monkeypatch.undo()
    assert_each_has_its_own(requests, ask_all(releases, requests))
    connection.close()
