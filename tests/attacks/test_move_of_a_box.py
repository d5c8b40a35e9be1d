"""An operator alone, or a thief of the people's door, moves a box to a site that expects the thief's own place.

A move changes what is expected as other networks of its own site do, so it is told and waits as they do.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from database.roles.declaration import PEOPLE
from notices.models import Mail
from sensors.cases.operations.agree_to_move import agree_to_move
from sensors.cases.operations.move_sensor import move_sensor
from sensors.cases.operations.request_move import request_move
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import Answer
from sensors.keys.release_decision import Reason
from sensors.models import KeyPermit, Sensor, SensorMove
from tenants.models import Site
from tenants.second_person import SecondPersonNeeded
from tests.support.fleet import Fleet, announce_changes, people_were_told, session_of
from tests.support.roles import acting_as
from tests.support.sensors.elsewhere import another_site
from tests.support.sensors.release_stories import ask_for_key

ONLY_WITH_ROLES = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has roles")
HOME, HIS_PLACE = "198.51.100.21", "192.0.2.66"


@pytest.fixture
def box(fleet: Fleet) -> Sensor:
    """In service, with recordings."""
    in_service = fleet.connected()
    first = ask_for_key(fleet, in_service)
    assert first.disk_key
    return in_service


@pytest.fixture
def his_site(fleet: Fleet, box: Sensor) -> Site:
    """Entered long ago, and people were told: a site without a box alarmed nobody."""
    site = another_site(fleet.world.harbour, f"{HIS_PLACE}/32")
    people_were_told(ago=timedelta(days=30))
    return site


def moves(fleet: Fleet, box: Sensor, site: Site) -> None:
    with acting_as(PEOPLE):
        move_sensor(sensor=box, site=site, gateway=box.gateway, moved_by=fleet.world.operator.actor)


def asks(fleet: Fleet, box: Sensor, place: str = HIS_PLACE) -> Answer:
    seen = session_of(box, place)
    fleet.observe(up=[seen])
    return ask_for_key(fleet, box)


def test_a_move_gives_him_no_key_before_everybody_could_say_no(fleet: Fleet, box: Sensor, his_site: Site):
    moves(fleet, box, his_site)
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    announce_changes()
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    sent = Mail.objects.filter(subject__startswith="Sensor moved").exclude(sent_at=None)
    assert {"owner@example.org", "manager@example.org"} <= set(sent.values_list("recipient", flat=True))
    fleet.reported(box)
    people_were_told(ago=timedelta(days=3))
    assert asks(fleet, box).verdict.reason is Reason.CASE_OPEN, "somebody said no"


def test_an_honest_move_counts_once_they_could(fleet: Fleet, box: Sensor, his_site: Site):
    moves(fleet, box, his_site)
    assert asks(fleet, box, HOME).verdict.reason is Reason.PUBLIC_NETWORK_UNEXPECTED
    people_were_told()
    assert asks(fleet, box).disk_key


def test_there_and_back_is_two_moves(fleet: Fleet, box: Sensor, his_site: Site):
    """The second one hides nothing of the first."""
    moves(fleet, box, his_site)
    people_were_told()
    moves(fleet, Sensor.objects.get(pk=box.pk), fleet.world.quay)
    moves(fleet, Sensor.objects.get(pk=box.pk), his_site)
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT


def test_a_permit_for_the_place_before_does_not_go_along(fleet: Fleet, box: Sensor, his_site: Site):
    asks(fleet, box, "203.0.113.9")
    permit_release(sensor=box, public_address="203.0.113.9", permitted_by=fleet.world.operator)
    moves(fleet, box, his_site)
    people_were_told()
    assert not KeyPermit.objects.usable(timezone.now()).exists()
    assert asks(fleet, box, "203.0.113.9").disk_key is None


def test_where_the_policy_wants_two_he_moves_nothing_alone(fleet: Fleet, box: Sensor, his_site: Site):
    type(fleet.world.harbour).objects.update(two_people_for_changes=True)
    operator, other = fleet.world.operator, fleet.world.administrator
    with pytest.raises(SecondPersonNeeded, match="two people"):
        moves(fleet, box, his_site)
    asked = request_move(sensor=box, site=his_site, gateway=box.gateway, reason="It went.", requested_by=operator)
    with pytest.raises(ValidationError, match="Somebody else"):
        agree_to_move(approval=asked.pk, approved_by=operator)
    assert not SensorMove.objects.exists()
    with acting_as(PEOPLE):
        agree_to_move(approval=asked.pk, approved_by=other)
    assert Sensor.objects.get(pk=box.pk).site == his_site
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT, "two people of the staff are not the customer's"


@pytest.mark.parametrize("networks", [["0.0.0.0/0"], ["10.0.0.0/8"]])
def test_to_a_site_that_expects_everybody_it_takes_two(fleet: Fleet, box: Sensor, his_site: Site, networks: list[str]):
    Site.objects.filter(pk=his_site.pk).update(expected_networks=networks)
    with pytest.raises(SecondPersonNeeded, match=networks[0]):
        moves(fleet, box, his_site)


def test_a_box_that_was_reported_meanwhile_is_moved_by_nobody(fleet: Fleet, box: Sensor, his_site: Site):
    asked = request_move(
        sensor=box, site=his_site, gateway=box.gateway, reason="It went.", requested_by=fleet.world.operator
    )
    fleet.reported(box)
    with pytest.raises(ValidationError, match="open case"):
        agree_to_move(approval=asked.pk, approved_by=fleet.world.administrator)
    assert Sensor.objects.get(pk=box.pk).site == fleet.world.quay


@ONLY_WITH_ROLES
@pytest.mark.parametrize("how", ["no word of it", "a word of another site", "a word that people know", "a customer"])
def test_code_in_the_peoples_door_moves_no_box_unseen(fleet: Fleet, box: Sensor, his_site: Site, how: str):
    site = fleet.world.dairy if how == "a customer" else his_site
    word = {"no word of it": None, "a word of another site": fleet.world.quay}.get(how, site)
    with pytest.raises(DatabaseError):
        writes(box, site, word=word, announced=how == "a word that people know")
    assert Sensor.objects.get(pk=box.pk).site == fleet.world.quay


@ONLY_WITH_ROLES
def test_what_code_in_the_peoples_door_writes_waits_just_as_long(fleet: Fleet, box: Sensor, his_site: Site):
    writes(box, his_site, word=his_site, announced=False)
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT


def writes(box: Sensor, site: Site, *, word: Site | None, announced: bool) -> None:
    with acting_as(PEOPLE), transaction.atomic():
        if word:
            SensorMove.objects.create(
                sensor=box,
                from_site=box.site,
                to_site=word,
                from_gateway=box.gateway,
                to_gateway=box.gateway,
                from_address=box.underlay_address,
                moved_at=timezone.now(),
                announced_at=timezone.now() if announced else None,
            )
        Sensor.objects.filter(pk=box.pk).update(site=site)
