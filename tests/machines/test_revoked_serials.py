"""After a restoration a gateway is asked for all that it knows as revoked, and what it tells is kept for a person."""

from typing import Any

import pytest
from django.utils import timezone

from pki.models import RecalledSerials, Restoration
from sensors.cases.operations.begin_restoration import begin_restoration
from tests.support.fleet import ACTOR, Fleet
from tests.support.machines_door import Machine, reason_of

PATH = "/v1/gateway/revoked-serials"


@pytest.fixture
def restoration(fleet: Fleet) -> Restoration:
    return begin_restoration(backup_made_at=timezone.now(), begun_by=ACTOR)


def state(agent: Machine, since: int) -> dict[str, Any]:
    answer: dict[str, Any] = agent.get(f"/v1/gateway/state?since={since}").json()
    return answer


def part(recall: int, number: int = 0, *, is_last: bool = True, serials: Any = ("17",)) -> dict[str, Any]:
    return {"recall": recall, "part": number, "is_last": is_last, "serials": list(serials)}


def test_it_is_asked_with_the_whole_state_until_it_has_told_all(fleet: Fleet, agent: Machine, restoration: Restoration):
    fleet.register("box-1")
    known = state(agent, 0)["generation"]
    for _ in range(2):
        answer = state(agent, known)
        # It may hold another generation of this number, from before.
        assert (answer["recall"], answer["full"], answer["generation"]) == (restoration.pk, True, known)
        assert agent.post(PATH, part(restoration.pk, 0, is_last=False)).status_code == 204
    assert agent.post(PATH, part(restoration.pk, 1, serials=["18", "19"])).status_code == 204
    answer = state(agent, known)
    assert "recall" not in answer
    assert answer["full"] is False
    told = RecalledSerials.objects.order_by("part")
    assert [(one.told_by, one.serials, one.is_last) for one in told] == [
        (fleet.gateway.subject, ["17"], False),
        (fleet.gateway.subject, ["18", "19"], True),
    ]


def test_what_comes_unasked_is_not_kept(fleet: Fleet, agent: Machine):
    assert agent.post(PATH, part(1)).status_code == 204
    restoration = begin_restoration(backup_made_at=timezone.now(), begun_by=ACTOR)
    assert agent.post(PATH, part(restoration.pk + 1)).status_code == 204
    assert agent.post(PATH, part(restoration.pk)).status_code == 204
    assert agent.post(PATH, part(restoration.pk, 1)).status_code == 204
    assert RecalledSerials.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": 20},
        {"part": -1},
        {"recall": "1"},
        {"is_last": 1},
        {"serials": ["x"]},
        {"serials": [17]},
        {"serials": "17"},
        {"serials": ["1"] * 100_001},
    ],
    ids=lambda wrong: f"{next(iter(wrong))} {str(next(iter(wrong.values())))[:10]}",
)
def test_what_is_not_of_the_form_is_refused(agent: Machine, restoration: Restoration, wrong: dict[str, Any]):
    assert reason_of(agent.post(PATH, {**part(restoration.pk), **wrong})) == (400, "malformed")
    assert not RecalledSerials.objects.exists()


def test_another_gateways_last_part_ends_nothing_for_this_one(fleet: Fleet, agent: Machine, restoration: Restoration):
    """What one gateway tells must not make the portal deaf to the revocations that another one still has to tell."""
    assert agent.post(PATH, part(restoration.pk, 0, is_last=False)).status_code == 204
    RecalledSerials.objects.create(
        restoration=restoration, told_by="g-other2other", part=0, is_last=True, serials=[], told_at=timezone.now()
    )
    assert state(agent, 0)["recall"] == restoration.pk
    assert agent.post(PATH, part(restoration.pk, 1, serials=["18"])).status_code == 204
    own = RecalledSerials.objects.filter(told_by=fleet.gateway.subject).order_by("part")
    assert [one.serials for one in own] == [["17"], ["18"]]
    assert "recall" not in state(agent, 0)
