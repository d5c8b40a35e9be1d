"""Promise 2: "cut off" is said only when each gateway has reported all of it, and one that has not is named."""

import itertools

import pytest
from django.test import Client

from sensors.models import Case, Sensor
from sensors.states import SensorState
from tests.support.fleet import Fleet, session_of
from tests.support.world import PASSWORD

LOCKS = ("session_gone", "firewall_closed", "serials_blocked", "client_config_removed")


@pytest.fixture
def case(fleet: Fleet) -> Case:
    return fleet.reported(fleet.connected())


def is_cut(case: Case) -> bool:
    """By the case and by the sensor, which must agree."""
    confirmed = Case.objects.get(pk=case.pk).confirmed_at is not None
    assert (Sensor.objects.get(pk=case.sensor_id).state == SensorState.CUT_OFF) is confirmed
    return confirmed


@pytest.mark.parametrize("closed", [c for n in range(4) for c in itertools.combinations(LOCKS, n)], ids="+".join)
def test_no_part_of_a_cut_passes_for_the_whole(fleet: Fleet, case: Case, closed: tuple[str, ...]):
    locks = {lock: lock in closed for lock in LOCKS}
    fleet.observe(cuts=[fleet.cut_of(case.sensor, **locks)])
    assert not is_cut(case)


def test_the_whole_of_it_does(fleet: Fleet, case: Case):
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    assert is_cut(case)


def test_what_was_observed_before_the_cut_was_asked_for_does_not_count(fleet: Fleet, case: Case):
    wanted = case.sensor.slots.get().generation
    fleet.observe(cuts=[fleet.cut_of(case.sensor, generation=wanted - 1)])
    assert not is_cut(case)


def test_that_no_session_is_reported_is_not_that_it_is_gone(fleet: Fleet, case: Case):
    """A complete list without the box ends its session's row, but says nothing of the locks."""
    fleet.observe(up=[], complete=True)
    fleet.observe(down=[case.sensor.subject])
    assert not is_cut(case)


def test_a_cut_of_another_box_is_not_this_ones(fleet: Fleet, case: Case):
    other = fleet.connected("box-2")
    fleet.observe(cuts=[fleet.cut_of(other)])
    assert not is_cut(case)
    assert Sensor.objects.get(pk=other.pk).state == SensorState.IN_SERVICE


def test_a_session_that_is_still_up_is_shown_beside_the_open_case(fleet: Fleet, case: Case):
    fleet.observe(up=[session_of(case.sensor)], cuts=[fleet.cut_of(case.sensor, session_gone=False)])
    assert not is_cut(case)
    page = case_page(fleet, case)
    assert "Being cut off" in page
    assert "Session to be ended" in page or "session to be ended" in page


def test_the_page_names_the_gateway_that_has_not_reported_and_since_when(fleet: Fleet, case: Case):
    page = case_page(fleet, case)
    assert f"for the report of gateway {fleet.gateway.name}, last heard of at" in page
    assert f"{case.opened_at:%H:%M:%S}" in page
    assert ">Cut off<" not in page
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    page = case_page(fleet, case)
    assert ">Cut off<" in page
    assert "for the report of gateway" not in page


def case_page(fleet: Fleet, case: Case) -> str:
    client = Client()
    assert client.login(username=fleet.world.owner.email, password=PASSWORD)
    return client.get(f"/cases/{case.pk}/").content.decode()
