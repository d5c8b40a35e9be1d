"""What a file says becomes true: through the operations, part by part, each whole or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from database.roles.declaration import WORKER
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.models import ImportOutcome, ImportPart, ImportRun, Sensor
from sensors.models.import_run import KEPT_FOR
from sensors.onboarding.operations import make_import_part as module
from sensors.onboarding.operations.confirm_import import confirm_import
from sensors.onboarding.operations.drop_import import drop_import
from sensors.onboarding.operations.forget_imports import forget_imports
from sensors.onboarding.operations.make_import_part import make_import_part
from tenants.models import Approval, AuditEntry, Person, Site
from tests.support.audit_rows import actions
from tests.support.importing import PERSON, boxes, faulty_rows, made, prepared
from tests.support.roles import acting_as
from tests.support.world import World

EVERYTHING = (
    "kind,site,expected networks,name,e-mail,role,reason,description\n"
    "box,Quay 8,,box-1,,,,grey one\n"
    "person,,,Ada,ada@example.org,viewer,,\n"
    "person,,,Max,max@example.org,manager,The new manager.,\n"
    "site,Quay 8,203.0.113.0/28,,,,,\n"
)


def test_sites_people_and_boxes_of_one_file_become_true_whatever_their_order(world: World):
    run = prepared(world, EVERYTHING)
    assert (run.sites, run.people, run.boxes) == (1, 2, 1)
    assert not Site.objects.filter(name="Quay 8").exists()
    ended = made(run, world.administrator)
    assert (ended.outcome, ended.rows_done) == (ImportOutcome.DONE, 4)
    box = Sensor.objects.get(name="box-1")
    assert (box.site.name, box.site.expected_networks, box.description) == ("Quay 8", ["203.0.113.0/28"], "grey one")
    assert Person.objects.get(email="ada@example.org").groups.get().customerrolegroup.role == "viewer"
    assert not ImportPart.objects.exists()


def test_each_row_leaves_the_entry_of_its_operation_and_the_file_two_of_its_own(world: World):
    run = made(prepared(world, EVERYTHING), world.administrator)
    assert actions(f"sensor:{Sensor.objects.get(name='box-1').subject}") == ["sensor:register"]
    assert actions(f"site:{Site.objects.get(name='Quay 8').pk}") == ["site:register"]
    assert actions("ada@example.org") == ["person:add", "person:role:grant"]
    assert actions(run.about) == ["customer:import:begin", "customer:import:end"]
    assert AuditEntry.objects.get(subject=run.about, action="customer:import:begin").actor == str(
        world.administrator.actor
    )
    call_command("verify_audit")


def test_what_needs_two_people_stays_a_request(world: World, second_administrator: Any):
    made(prepared(world, EVERYTHING), world.administrator)
    assert not Person.objects.filter(email="max@example.org").exists()
    asked = Approval.objects.get(about="person:max@example.org")
    assert (asked.requested_by, asked.reason, asked.verdict) == (world.administrator, "The new manager.", "")


def test_the_same_file_again_changes_nothing(world: World):
    made(prepared(world, boxes(3)), world.administrator)
    entries = AuditEntry.objects.filter(action="sensor:register").count()
    again = prepared(world, boxes(4))
    assert (again.boxes, again.there_already) == (1, 3)
    made(again, world.administrator)
    assert AuditEntry.objects.filter(action="sensor:register").count() == entries + 1


def test_nothing_is_made_before_somebody_confirms(world: World):
    run = prepared(world, boxes(3))
    assert make_import_part(run=run.pk, made_by=world.administrator) is None
    assert not Sensor.objects.exists()


def test_a_part_whose_last_row_fails_leaves_nothing_and_says_where_it_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    run = prepared(world, boxes(12))
    confirm_import(run=run.pk, confirmed_by=world.administrator)
    make_import_part(run=run.pk, made_by=world.administrator)
    assert Sensor.objects.count() == 10
    # Somebody else is quicker.
    register_sensor(
        site=world.quay, gateway=world.gateway, name="box-11", line="3.x", registered_by=world.operator.actor
    )
    stopped = make_import_part(run=run.pk, made_by=world.administrator)
    assert stopped
    assert (stopped.stopped_at, stopped.rows_done) == ("row 13", 10)
    assert "A file changes nothing that is there" in stopped.stopped_because
    assert Sensor.objects.count() == 11
    assert make_import_part(run=run.pk, made_by=world.administrator) is None
    # Mended: it goes on where it stood.
    box = Sensor.objects.get(name="box-11")
    box.description, box.hardware_serial = "number 11", "SN-11"
    box.save()
    assert made(run, world.administrator).outcome == ImportOutcome.DONE
    assert Sensor.objects.count() == 12


def test_a_crash_in_the_middle_of_a_part_leaves_the_part_and_nothing_of_what_it_makes(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    run = prepared(world, boxes(12))
    confirm_import(run=run.pk, confirmed_by=world.administrator)
    real = register_sensor

    def crash(**values: Any) -> Sensor:
        if values["name"] == "box-3":
            raise SystemExit
        return real(**values)

    with monkeypatch.context() as patch:
        patch.setattr(module, "register_sensor", crash)
        with pytest.raises(SystemExit):
            make_import_part(run=run.pk, made_by=world.administrator)
    run.refresh_from_db()
    assert (run.rows_done, run.parts.count(), Sensor.objects.count()) == (0, 2, 0)
    assert made(run, world.administrator).rows_done == 12
    assert Sensor.objects.count() == 12


def test_who_goes_on_must_be_allowed_to_invite_too(world: World):
    run = prepared(world, PERSON + "person,Ada,ada@example.org,viewer,\n")
    confirm_import(run=run.pk, confirmed_by=world.operator)
    stopped = make_import_part(run=run.pk, made_by=world.operator)
    assert stopped
    assert "Only an administrator invites people" in stopped.stopped_because
    assert not Person.objects.filter(email="ada@example.org").exists()


def test_what_was_left_stays_left_and_says_how_far_it_was(world: World):
    run = prepared(world, boxes(12))
    confirm_import(run=run.pk, confirmed_by=world.administrator)
    make_import_part(run=run.pk, made_by=world.administrator)
    left = drop_import(run=run.pk, dropped_by=world.administrator)
    assert (left.outcome, left.rows_done, left.parts.count()) == (ImportOutcome.DROPPED, 10, 0)
    assert make_import_part(run=run.pk, made_by=world.administrator) is None
    assert AuditEntry.objects.get(action="customer:import:end").details["rows_done"] == 10


def test_a_second_file_takes_the_place_of_one_that_nobody_confirmed_and_of_no_other(world: World):
    first = prepared(world, boxes(3))
    second = prepared(world, boxes(12))
    first.refresh_from_db()
    assert first.outcome == ImportOutcome.DROPPED
    confirm_import(run=second.pk, confirmed_by=world.administrator)
    with pytest.raises(ValidationError, match="under way"):
        prepared(world, boxes(3))


def test_a_box_that_was_retired_is_not_there_already(world: World):
    made(prepared(world, boxes(1)), world.administrator)
    retire_sensor(sensor=Sensor.objects.get(), retired_by=world.operator.actor)
    assert [(row, column) for row, column, _ in faulty_rows(world, boxes(1))] == [(2, "name")]


def test_who_waits_for_a_second_person_is_asked_for_once(world: World, second_administrator: Any):
    text = PERSON + "person,Max,max@example.org,manager,New.\n"
    made(prepared(world, text), world.administrator)
    assert prepared(world, text).there_already == 1
    assert [column for _, column, _ in faulty_rows(world, text.replace("manager", "viewer"))] == ["e-mail"]


def test_what_nobody_ended_within_a_day_is_forgotten_and_what_it_made_stays(world: World):
    run = prepared(world, boxes(12))
    confirm_import(run=run.pk, confirmed_by=world.administrator)
    make_import_part(run=run.pk, made_by=world.administrator)
    with acting_as(WORKER):
        forget_imports()
    assert ImportPart.objects.count() == 1
    ImportRun.objects.update(uploaded_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    with acting_as(WORKER):
        forget_imports()
    run.refresh_from_db()
    assert (run.outcome, run.rows_done, Sensor.objects.count()) == (ImportOutcome.EXPIRED, 10, 10)
    assert not ImportPart.objects.exists()
    assert actions(run.about)[-1] == "customer:import:end"
