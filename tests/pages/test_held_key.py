"""A held key in the browser: what the page says, and what pressing its button does."""

import pytest

from database.roles.declaration import PEOPLE
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.keys.release_decision import Reason
from sensors.models import KeyPermit, Sensor
from tests.support.fleet import Fleet, announce_changes, new_csr, session_of, sign_waiting
from tests.support.roles import acting_as
from tests.support.sensors.release_stories import ask_for_key
from tests.support.signed_in import As

THERE = "203.0.113.9"


@pytest.fixture
def held(fleet: Fleet) -> Sensor:
    sensor = fleet.connected(public_address=THERE)
    ask_for_key(fleet, sensor)
    return sensor


def test_a_manager_sees_that_it_waits_and_lets_it_have_its_key_once(fleet: Fleet, held: Sensor, signed_in: As):
    manager = signed_in(fleet.world.manager)
    path = f"/sensors/{held.pk}/held-key/"
    assert path in manager.get(f"/sensors/{held.pk}/").content.decode()
    page = manager.get(path).content.decode()
    assert THERE in page
    assert "Let it have its key once" in page
    assert manager.post(path, {"public_address": THERE}).status_code == 302
    assert "People are being told of it" in manager.get(f"/sensors/{held.pk}/").content.decode()
    announce_changes()
    assert "Waiting for the box to ask" in manager.get(f"/sensors/{held.pk}/").content.decode()
    assert ask_for_key(fleet, held).verdict.reason is Reason.PERMITTED_ONCE
    page = manager.get(f"/sensors/{held.pk}/").content.decode()
    assert "Somebody who had looked let it have the key, once." in page
    assert path not in page


def test_of_a_box_enrolled_anew_it_says_who_wanted_it_and_who_may_decide(fleet: Fleet, signed_in: As):
    sensor, world = fleet.connected(), fleet.world
    ask_for_key(fleet, sensor)
    with acting_as(PEOPLE):
        code = issue_sensor_code(sensor=sensor, issued_by=world.operator.actor)
        request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    sign_waiting()
    fleet.observe(up=[session_of(sensor)])
    ask_for_key(fleet, sensor)
    path = f"/sensors/{sensor.pk}/held-key/"
    page = signed_in(world.manager).get(path).content.decode()
    assert "Issued by person:operator@example.org" in page
    assert "From then on this is the sensor&#x27;s box" in page or "From then on this is the sensor's box" in page
    assert "Let it have its key once" in page
    page = signed_in(world.operator).get(path).content.decode()
    assert "Somebody else has to make sure" in page
    assert "Let it have its key once" not in page


def test_a_contact_is_not_offered_it(fleet: Fleet, held: Sensor, signed_in: As):
    assert "/held-key/" not in signed_in(fleet.world.owner).get(f"/sensors/{held.pk}/").content.decode()


def test_a_box_that_moved_on_meanwhile_is_not_let_in_where_it_is_now(fleet: Fleet, held: Sensor, signed_in: As):
    fleet.observe(up=[session_of(held, "203.0.113.10")])
    ask_for_key(fleet, held)
    answer = signed_in(fleet.world.operator).post(f"/sensors/{held.pk}/held-key/", {"public_address": THERE})
    assert answer.status_code == 409
    assert "203.0.113.10 by now" in answer.content.decode()
    assert not KeyPermit.objects.exists()


@pytest.mark.parametrize("address", ["", "192.0.2.255", "203.0.113.9\n", "x" * 10_000, "a\0b"])
def test_an_address_that_nobody_read_is_refused(fleet: Fleet, held: Sensor, signed_in: As, address: str):
    answer = signed_in(fleet.world.operator).post(f"/sensors/{held.pk}/held-key/", {"public_address": address})
    assert answer.status_code == 409
    assert not KeyPermit.objects.exists()


def test_a_box_that_does_not_wait_has_a_page_that_says_so(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    ask_for_key(fleet, sensor)
    page = signed_in(fleet.world.manager).get(f"/sensors/{sensor.pk}/held-key/").content.decode()
    assert "does not wait for its key" in page
    assert "Let it have its key once" not in page
