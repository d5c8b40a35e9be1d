"""A rehearsal takes the same choices as a report, and nothing is cut off."""

import re
from typing import Any

import pytest
from django.utils import timezone

from limits.budget import Budget
from notices.models import Mail
from pki.models import Revocation
from sensors.cases.pages import drill
from sensors.models import Case, GatewayContact, Sensor
from sensors.models.gateway import SILENT_AFTER
from tenants.models import AuditEntry
from tests.support.fleet import Fleet
from tests.support.signed_in import As

PATH = "/drill/"


def begun_of(answer: Any) -> str:
    [begun] = re.findall(r'name="begun" value="([^"]+)"', answer.content.decode())
    return str(begun)


def falls_silent(fleet: Fleet) -> None:
    GatewayContact.objects.filter(gateway=fleet.gateway).update(last_report_at=timezone.now() - 2 * SILENT_AFTER)


def rehearsals() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="loss-report:rehearse").order_by("pk"))


def test_nothing_is_cut_off_and_nobody_is_mailed_and_the_trail_says_who_rehearsed(fleet: Fleet, signed_in: As):
    box = fleet.connected()
    generation, mails = fleet.gateway.generation, Mail.objects.count()
    client = signed_in(fleet.world.owner)
    begun = begun_of(client.get(PATH))
    answer = client.post(PATH, {"kind": "stolen", "sensor": [box.pk], "begun": begun}, follow=True)
    assert "Rehearsed: nothing was cut off" in answer.content.decode()
    assert not Case.objects.exists()
    assert not Revocation.objects.exists()
    assert (fleet.gateway.generation, Mail.objects.count()) == (generation, mails)
    assert Sensor.objects.get().state == "in-service"
    [entry] = rehearsals()
    assert entry.actor == str(fleet.world.owner.actor)
    assert entry.details == {"sensors": [box.subject], "kind": "stolen", "seconds": entry.details["seconds"]}
    assert 0 <= entry.details["seconds"] < 600


def test_it_says_who_would_be_told_and_what_would_hold_the_cut_off_up(fleet: Fleet, signed_in: As):
    box = fleet.connected()
    client = signed_in(fleet.world.owner)
    where = f"/drill/done/?sensor={box.pk}&took=24"
    text = client.get(where).content.decode()
    for words in ("Yes, at once", "A real report would have done all of this at once", "24 seconds", "Owner"):
        assert words in text
    assert "Manager" in text
    assert "Viewer" not in text
    falls_silent(fleet)
    text = client.get(where).content.decode()
    assert "1 of 1 would be cut off, but not proven at once" in text
    assert "has stopped reporting" in text


def test_the_boxs_page_says_it_before_it_is_needed(fleet: Fleet, signed_in: As):
    box = fleet.connected()
    client = signed_in(fleet.world.viewer)
    assert "Yes, at once" in client.get(f"/sensors/{box.pk}/").content.decode()
    falls_silent(fleet)
    assert "Yes, but not proven at once" in client.get(f"/sensors/{box.pk}/").content.decode()


def test_boxes_of_two_customers_are_a_row_in_each_trail(fleet: Fleet, signed_in: As):
    ours, theirs = fleet.connected("box-1"), fleet.connected("box-2", fleet.world.dairy)
    signed_in(fleet.world.operator).post(PATH, {"kind": "lost", "sensor": [ours.pk, theirs.pk]})
    by_customer = {entry.chain.customer: entry.details["sensors"] for entry in rehearsals()}
    assert by_customer == {fleet.world.harbour: [ours.subject], fleet.world.meadow: [theirs.subject]}


def test_a_strangers_box_is_refused_and_shown_to_nobody(fleet: Fleet, signed_in: As):
    theirs = fleet.connected("box-2", fleet.world.dairy)
    client = signed_in(fleet.world.owner)
    assert client.post(PATH, {"kind": "lost", "sensor": [theirs.pk]}).status_code == 422
    assert client.get(f"/drill/done/?sensor={theirs.pk}")["Location"] == PATH
    assert rehearsals() == []


@pytest.mark.parametrize("begun", ["", "x", "1:2:3", "IjEi:1vO:abc"])
def test_a_time_that_this_server_did_not_write_is_left_out(fleet: Fleet, signed_in: As, begun: str):
    box = fleet.connected()
    answer = signed_in(fleet.world.owner).post(PATH, {"kind": "lost", "sensor": [box.pk], "begun": begun})
    assert "took" not in answer["Location"]
    assert "seconds" not in rehearsals()[0].details


def test_the_time_goes_on_while_somebody_looks_for_a_box(fleet: Fleet, signed_in: As):
    fleet.connected()
    client = signed_in(fleet.world.owner)
    begun = begun_of(client.get(PATH))
    assert begun_of(client.post(PATH, {"find": "1", "q": "box", "begun": begun})) == begun


@pytest.mark.parametrize("took", ["-1", "99999", "1e3", "٣", "<b>"])
def test_a_time_in_the_address_that_is_none_is_not_shown(fleet: Fleet, signed_in: As, took: str):
    box = fleet.connected()
    text = signed_in(fleet.world.owner).get("/drill/done/", {"sensor": str(box.pk), "took": took}).content.decode()
    assert "From opening the page" not in text


def test_nobody_fills_the_trail_with_rehearsals(fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drill, "REHEARSED_BY_PERSON", Budget("drill:person", burst=2, refill=300))
    box = fleet.connected()
    client = signed_in(fleet.world.owner)
    statuses = [client.post(PATH, {"kind": "lost", "sensor": [box.pk]}).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]
    assert len(rehearsals()) == 2
    # A real report is never held up by that.
    assert client.post("/report/", {"kind": "lost", "sensor": [box.pk]}).status_code == 302
    assert Case.objects.count() == 1


def test_a_session_that_ended_meanwhile_keeps_what_was_chosen(fleet: Fleet, client: Any):
    box = fleet.connected()
    answer = client.post(PATH, {"kind": "stolen", "sensor": [box.pk]})
    assert answer.status_code == 302
    assert str(box.pk) in answer["Location"]
    assert "stolen" in answer["Location"]
