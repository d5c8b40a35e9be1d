"""Codes for many boxes at once, a sheet of paper each."""

import re
from html import unescape
from typing import Any

import pytest

from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.models import EnrolmentCode, Sensor
from tenants.models import AuditEntry, Customer
from tests.support.fleet import ACTOR, Fleet, new_csr
from tests.support.signed_in import As

PAGE = "/admin/sensors/sensor/sheets/"
LIST = "/admin/sensors/sensor/"


def shown(answer: Any) -> list[str]:
    return re.findall(r'data-testid="code">([^<]+)<', answer.content.decode())


def form_of(answer: Any) -> dict[str, list[str]]:
    """What the page that asks would send."""
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode()):
        sent.setdefault(name, []).append(value)
    return sent


def choose(client: Any, *sensors: Sensor) -> Any:
    return client.post(LIST, {"action": "print_sheets", "index": 0, "_selected_action": [one.pk for one in sensors]})


def test_each_chosen_box_has_a_sheet_with_a_code_that_works(fleet: Fleet, signed_in: As):
    client, boxes = signed_in(fleet.world.operator), [fleet.register("box-1"), fleet.register("box-2")]
    answer = client.post(PAGE, form_of(choose(client, *boxes)))
    text, codes = unescape(answer.content.decode()), shown(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (len(codes), text.count("<svg"), text.count("nsm-sensor enrol --portal ")) == (2, 2, 2)
    for words in ("box-1", "box-2", "Quay 7", "Harbour Logistics"):
        assert words in text
    assert "style=" not in text
    assert "<script" not in text
    for code in codes:
        request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    assert not any(code in repr(list(AuditEntry.objects.values())) for code in codes)


def test_loaded_again_it_neither_burns_a_code_nor_shows_one(fleet: Fleet, signed_in: As):
    client, box = signed_in(fleet.world.operator), fleet.register()
    form = form_of(client.get(f"{PAGE}?site={box.site_id}"))
    (code,) = shown(client.post(PAGE, form))
    again = client.post(PAGE, form)
    assert shown(again) == []
    assert code not in again.content.decode()
    assert "has got a code since this page was opened" in again.content.decode()
    assert EnrolmentCode.objects.get().revoked_at is None


def test_the_page_of_one_code_loaded_again_burns_none_either(fleet: Fleet, signed_in: As):
    client, box = signed_in(fleet.world.operator), fleet.register()
    page = f"/admin/sensors/sensor/{box.pk}/code/"
    form = {"newest": form_of(client.get(page))["newest"][0]}
    (code,) = re.findall(r'data-testid="code">([^<]+)<', client.post(page, form).content.decode())
    again = client.post(page, form, follow=True).content.decode()
    assert "has got a code since this page was opened" in again
    assert code not in again
    assert EnrolmentCode.objects.get().revoked_at is None


def test_of_two_operators_at_once_one_gets_the_code_and_the_other_is_told(fleet: Fleet, signed_in: As):
    box, one, other = fleet.register(), signed_in(fleet.world.operator), signed_in(fleet.world.administrator)
    forms = [form_of(client.get(f"{PAGE}?site={box.site_id}")) for client in (one, other)]
    assert [len(shown(client.post(PAGE, form))) for client, form in zip((one, other), forms, strict=True)] == [1, 0]


def test_boxes_that_are_there_or_gone_have_none_and_the_page_says_why(fleet: Fleet, signed_in: As):
    client, new = signed_in(fleet.world.operator), fleet.register("box-1")
    there, gone = fleet.connected("box-2"), fleet.connected("box-3")
    fleet.reported(gone)
    asks = choose(client, new, there, gone)
    text = unescape(asks.content.decode())
    assert "It is in service: a code would let another box take its place." in text
    assert "box-3 is reported: it cannot enrol." in text
    every = {"sensor": [new.pk, there.pk, gone.pk]}
    assert len(shown(client.post(PAGE, every))) == 1
    assert not EnrolmentCode.objects.filter(sensor__in=[there, gone], used_at=None, revoked_at=None).exists()


def test_where_two_people_are_wanted_there_is_no_sheet(fleet: Fleet, signed_in: As):
    box = fleet.register()
    Customer.objects.update(two_people_for_changes=True)
    answer = signed_in(fleet.world.operator).post(PAGE, {"sensor": [box.pk]})
    assert "wants two people for a code" in unescape(answer.content.decode())
    assert not EnrolmentCode.objects.exists()


@pytest.mark.parametrize("keys", [[], ["x"], ["\0"], ["00000000-0000-4000-8000-000000000000"]])
def test_who_names_no_box_gets_nothing(fleet: Fleet, signed_in: As, keys: list[str]):
    fleet.register()
    assert shown(signed_in(fleet.world.operator).post(PAGE, {"sensor": keys})) == []
    assert signed_in(fleet.world.operator).get(f"{PAGE}?site={''.join(keys)}").status_code == 200


def test_more_than_a_print_are_refused(fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch):
    for module in ("operations.issue_install_codes", "admin.sheets_page"):
        monkeypatch.setattr(f"sensors.enrolment.{module}.MOST_SHEETS", 1)
    boxes = [fleet.register("box-1"), fleet.register("box-2")]
    answer = signed_in(fleet.world.operator).post(PAGE, {"sensor": [box.pk for box in boxes]})
    assert "Choose 1 sensors at most" in answer.content.decode()
    assert not EnrolmentCode.objects.exists()


def test_an_auditor_gets_none(fleet: Fleet, signed_in: As):
    box, auditor = fleet.register(), signed_in(fleet.world.auditor)
    assert auditor.get(PAGE).status_code == 403
    assert auditor.post(PAGE, {"sensor": [box.pk]}).status_code == 403
    assert "Install sheets" not in choose(auditor, box).content.decode()


def test_a_code_that_was_used_meanwhile_is_a_newest_one_too(fleet: Fleet, signed_in: As):
    """A box that came meanwhile is in service, and has no sheet."""
    client, box = signed_in(fleet.world.operator), fleet.register()
    form = form_of(client.get(f"{PAGE}?site={box.site_id}"))
    issue_sensor_code(sensor=box, issued_by=ACTOR)
    assert shown(client.post(PAGE, form)) == []
