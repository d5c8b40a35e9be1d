"""Several boxes are gone, or a whole site: one form, a case for each, and a true word about each."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from sensors.cases.operations import report_losses
from sensors.cases.operations.report_loss import report_loss
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.cases.pages.report_form import MOST_NAMED
from sensors.models import Case, Sensor
from tests.support.fleet import ACTOR, Fleet
from tests.support.signed_in import As

PATH = "/report/"


def reported_names() -> set[str]:
    return set(Case.objects.open().values_list("sensor__name", flat=True))


def test_several_boxes_are_a_case_each_and_the_answer_speaks_of_each(fleet: Fleet, signed_in: As):
    first, second, other = (fleet.connected(name) for name in ("box-1", "box-2", "box-3"))
    answer = signed_in(fleet.world.owner).post(PATH, {"kind": "lost", "sensor": [first.pk, second.pk]}, follow=True)
    text = answer.content.decode()
    assert reported_names() == {"box-1", "box-2"}
    assert "0 of 2 cut off, 2 being cut off" in text
    for case in Case.objects.all():
        assert case.called in text
    assert other.name not in text


def test_one_box_leads_to_its_case(fleet: Fleet, signed_in: As):
    box = fleet.connected()
    answer = signed_in(fleet.world.owner).post(PATH, {"kind": "lost", "sensor": [box.pk]})
    assert answer["Location"] == f"/cases/{Case.objects.get().pk}/"


def test_a_whole_site_is_all_that_could_be_gone_there_and_nothing_of_another(fleet: Fleet, signed_in: As):
    for name in ("box-1", "box-2"):
        fleet.connected(name)
    retire_sensor(sensor=fleet.enrolled("box-3"), retired_by=ACTOR)
    fleet.connected("box-4", fleet.world.dairy)
    signed_in(fleet.world.operator).post(PATH, {"kind": "stolen", "site": [fleet.world.quay.pk]})
    assert reported_names() == {"box-1", "box-2"}


def test_a_site_that_is_sent_twice_is_one_case_for_each_box(fleet: Fleet, signed_in: As):
    for name in ("box-1", "box-2"):
        fleet.connected(name)
    client = signed_in(fleet.world.owner)
    first, second = (client.post(PATH, {"kind": "stolen", "site": [fleet.world.quay.pk]}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 2


def test_on_a_boxs_own_page_it_is_reported_whatever_else_is_chosen(fleet: Fleet, signed_in: As):
    box, other = fleet.connected("box-1"), fleet.connected("box-2")
    client = signed_in(fleet.world.owner)
    path = f"/sensors/{box.pk}/report/"
    assert "Is anything else gone at <bdi>Quay 7</bdi>?" in client.get(path).content.decode()
    client.post(path, {"kind": "stolen", "sensor": [other.pk]})
    assert reported_names() == {"box-1", "box-2"}


def test_one_that_fails_stops_no_other_and_is_said_not_to_be_reported(
    fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch
):
    boxes = [fleet.connected(f"box-{number}") for number in (1, 2, 3)]

    def fails_at_the_second(*, sensor: Sensor, **facts: Any) -> Case:
        if sensor == boxes[1]:
            raise RuntimeError("secret of the database")
        return report_loss(sensor=sensor, **facts)

    monkeypatch.setattr(report_losses, "report_loss", fails_at_the_second)
    body = {"kind": "stolen", "sensor": [box.pk for box in boxes]}
    text = signed_in(fleet.world.owner).post(PATH, body, follow=True).content.decode()
    assert reported_names() == {"box-1", "box-3"}
    assert "1 of 3 NOT reported" in text
    assert "box-2 could not be cut off" in text
    assert "secret" not in text
    assert f"/sensors/{boxes[1].pk}/report/" in text


def test_if_none_can_be_reported_the_page_says_why_and_keeps_what_was_chosen(fleet: Fleet, signed_in: As):
    boxes = [retire_sensor(sensor=fleet.enrolled(f"box-{number}"), retired_by=ACTOR) for number in (1, 2)]
    answer = signed_in(fleet.world.owner).post(PATH, {"kind": "stolen", "sensor": [box.pk for box in boxes]})
    assert answer.status_code == 422
    assert answer.content.decode().count("there is nothing left to cut off") == 2
    assert not Case.objects.exists()


@pytest.mark.parametrize("body", [{"kind": "stolen"}, {"kind": "stolen", "sensor": ["x"]}, {"sensor": []}], ids=str)
def test_what_cannot_be_taken_is_asked_again(fleet: Fleet, signed_in: As, body: dict[str, Any]):
    fleet.connected("box-1")
    fleet.connected("box-2")
    answer = signed_in(fleet.world.owner).post(PATH, body)
    assert (answer.status_code, Case.objects.count()) == (422, 0)


def test_a_strangers_box_or_site_is_refused_like_a_missing_one(fleet: Fleet, signed_in: As):
    mine, theirs = fleet.connected("box-1"), fleet.connected("box-2", fleet.world.dairy)
    client = signed_in(fleet.world.owner)
    for name, key in (("sensor", theirs.pk), ("site", fleet.world.dairy.pk)):
        answer = client.post(PATH, {"kind": "stolen", "sensor": [mine.pk], name: [mine.pk, key][name == "site" :]})
        assert (answer.status_code, Case.objects.count()) == (422, 0)
        assert b"box-2" not in answer.content
        for path in (f"{PATH}?{name}={key}", f"{PATH}sent/?{name}={key}"):
            assert b"box-2" not in client.get(path, follow=True).content


def test_more_than_an_address_holds_are_refused_with_the_way_out(fleet: Fleet, signed_in: As):
    keys = [fleet.register(f"box-{number}").pk for number in range(MOST_NAMED + 1)]
    answer = signed_in(fleet.world.owner).post(PATH, {"kind": "stolen", "sensor": keys})
    assert answer.status_code == 422
    assert "If a whole site is gone, choose the site." in answer.content.decode()


def test_the_only_box_is_chosen_already(fleet: Fleet, signed_in: As):
    box = fleet.connected()
    assert f'value="{box.pk}" checked' in signed_in(fleet.world.owner).get(PATH).content.decode()


def test_finding_a_box_keeps_what_was_chosen_and_reports_nothing(fleet: Fleet, signed_in: As):
    chosen, found, other = (fleet.connected(name) for name in ("box-1", "box-2", "cellar"))
    body = {"find": "1", "q": "box-2", "kind": "stolen", "sensor": [chosen.pk]}
    answer = signed_in(fleet.world.owner).post(PATH, body)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{chosen.pk}" checked' in text
    assert f'value="{found.pk}"' in text
    assert f'value="{other.pk}"' not in text
    assert re.search(r'value="stolen"[^>]* checked', text)
    assert not Case.objects.exists()


def test_a_box_with_an_open_case_is_not_offered_and_leads_to_the_case(fleet: Fleet, signed_in: As):
    case = fleet.cut_off("box-1")
    fleet.connected("box-2")
    text = signed_in(fleet.world.owner).get(PATH).content.decode()
    assert f"/cases/{case.pk}/" in text
    assert f"Cut off, {case.called}" in text
    assert f'name="sensor" value="{case.sensor_id}"' not in text


@pytest.mark.parametrize("name", ["viewer", "auditor"])
def test_who_may_report_nothing_finds_no_page(fleet: Fleet, signed_in: As, name: str):
    fleet.connected()
    client = signed_in(getattr(fleet.world, name))
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, {"kind": "stolen"}).status_code == 404
    assert b'href="/report/"' not in client.get("/").content


def test_the_list_of_choices_costs_no_more_queries_for_more_boxes(
    fleet: Fleet, signed_in: As, django_assert_max_num_queries: Any
):
    for number in range(12):
        fleet.connected(f"box-{number}")
    client = signed_in(fleet.world.owner)
    client.get(PATH)
    with django_assert_max_num_queries(22):
        client.get(PATH)


class TestASessionThatEnded:
    """Somebody chose, and was signed out meanwhile: nothing is reported, nothing that was chosen is lost."""

    def test_it_is_said_before_and_after_signing_in_and_the_choice_is_kept(self, fleet: Fleet, signed_in: As):
        box = fleet.connected("box-1")
        fleet.connected("box-2")
        nobody = Client()
        answer = nobody.post(PATH, {"kind": "stolen", "sensor": [box.pk], "note": "x"})
        assert answer.status_code == 302
        back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
        assert "NOT reported yet" in nobody.get(answer["Location"]).content.decode()
        text = signed_in(fleet.world.owner).get(back).content.decode()
        assert "NOT reported yet" in text
        assert f'value="{box.pk}" checked' in text
        assert re.search(r'value="stolen"[^>]* checked', text)
        assert not Case.objects.exists()

    def test_a_form_from_before_a_new_sign_in_is_shown_again(self, fleet: Fleet):
        """Its token is of the session before."""
        box = fleet.connected("box-1")
        fleet.connected("box-2")
        client = Client(enforce_csrf_checks=True)
        client.force_login(fleet.world.owner)
        answer = client.post(PATH, {"kind": "stolen", "sensor": [box.pk], "csrfmiddlewaretoken": "x" * 32})
        text = answer.content.decode()
        assert answer.status_code == 403
        assert "NOT reported yet" in text
        assert f'value="{box.pk}" checked' in text
        assert not Case.objects.exists()

    def test_an_address_with_hostile_choices_is_harmless(self, fleet: Fleet, signed_in: As):
        fleet.connected("box-1")
        answer = signed_in(fleet.world.owner).get(PATH + "?sensor=x&sensor=%00&site=%22%3E&kind=%3Cb%3E&q=%00%22")
        assert answer.status_code == 200
        assert b"<b>" not in answer.content
