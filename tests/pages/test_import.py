"""Import in the browser: who may, what the pages say, and that nothing is written before somebody confirms."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sensors.models import ImportRun, Sensor
from sensors.onboarding.pages import import_run as page_module
from tests.support.fleet import Fleet
from tests.support.importing import BOXES, boxes, prepared
from tests.support.signed_in import As


def upload(client: Client, customer: Any, content: str, name: str = "boxes.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return client.post(f"/customers/{customer.pk}/import/", {"file": file})


def test_from_a_file_to_boxes(fleet: Fleet, signed_in: As):
    staff, world = signed_in(fleet.world.operator), fleet.world
    answer = upload(staff, world.harbour, boxes(3))
    assert answer.status_code == 302
    preview = staff.get(answer.url).content.decode()
    assert "<strong>3 boxes</strong>" in preview
    assert "box-2" in preview
    assert not Sensor.objects.exists()
    assert staff.post(answer.url, {"do": "confirm"}).status_code == 302
    assert "3 rows became true" in staff.get(answer.url).content.decode()
    assert Sensor.objects.count() == 3
    assert "all 3 rows done" in staff.get(f"/customers/{world.harbour.pk}/").content.decode()


def test_each_fault_stands_on_the_page_and_nothing_is_kept(fleet: Fleet, signed_in: As):
    answer = upload(signed_in(fleet.world.operator), fleet.world.harbour, f"{BOXES}box,Quay 7,<b>Box</b>,,\n")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "row 2, name:" in page
    assert "<b>Box" not in page
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("content", ["", "\0", "site\nQuay 7\n"])
def test_what_cannot_be_read_is_told_beside_the_field(fleet: Fleet, signed_in: As, content: str):
    answer = upload(signed_in(fleet.world.operator), fleet.world.harbour, content)
    assert answer.status_code == 422
    assert 'id="id_file_error"' in answer.content.decode()


def test_without_a_file_it_is_asked_for(fleet: Fleet, signed_in: As):
    answer = signed_in(fleet.world.operator).post(f"/customers/{fleet.world.harbour.pk}/import/")
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_a_page_that_is_watched_shows_how_far_it_is_and_asks_again(
    fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page_module, "WATCHED", 0.0)
    monkeypatch.setattr(page_module, "PRESSED", 0.0)
    staff = signed_in(fleet.world.operator)
    path = upload(staff, fleet.world.harbour, boxes(12)).url
    staff.post(path, {"do": "confirm"})
    assert "0 of 12 rows" in staff.get(path).content.decode()
    monkeypatch.setattr(page_module, "WATCHED", 0.001)
    part = staff.post(path, {"do": "go-on"}, headers={"HX-Request": "true"}).content.decode()
    assert "10 of 12 rows" in part
    assert 'hx-trigger="load' in part
    assert "<html" not in part
    part = staff.post(path, {"do": "go-on"}, headers={"HX-Request": "true"}).content.decode()
    assert "12 rows became true" in part
    assert "hx-trigger" not in part


def test_to_look_makes_nothing_true(fleet: Fleet, signed_in: As):
    staff = signed_in(fleet.world.operator)
    path = upload(staff, fleet.world.harbour, boxes(3)).url
    for headers in ({}, {"HX-Request": "true"}):
        staff.get(path, headers=headers)
    staff.post(path, {"do": "go-on"})
    staff.post(path, {"do": "something"})
    assert not Sensor.objects.exists()


def test_twice_does_what_once_does(fleet: Fleet, signed_in: As):
    staff = signed_in(fleet.world.operator)
    path = upload(staff, fleet.world.harbour, boxes(3)).url
    for _ in range(3):
        assert staff.post(path, {"do": "confirm"}).status_code == 302
    assert staff.post(path, {"do": "drop"}).status_code == 302
    assert Sensor.objects.count() == 3
    assert ImportRun.objects.get().outcome == "done"


def test_the_rows_of_another_customers_import_are_nobodys_of_ours(fleet: Fleet, signed_in: As):
    run = prepared(fleet.world, boxes(1))
    for person in ("manager", "owner", "viewer", "stranger", "auditor"):
        assert signed_in(getattr(fleet.world, person)).get(f"/imports/{run.pk}/").status_code == 404


def test_a_file_that_is_too_large_is_told(fleet: Fleet, signed_in: As):
    answer = upload(signed_in(fleet.world.operator), fleet.world.harbour, "x" * (4 * 1024 * 1024 + 1))
    assert answer.status_code == 422
    assert "Split it" in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_templates_are_files_to_keep(fleet: Fleet, signed_in: As, kind: str):
    answer = signed_in(fleet.world.operator).get(f"/customers/{fleet.world.harbour.pk}/import/template.{kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="harbour.{kind}"'
    assert answer.content
