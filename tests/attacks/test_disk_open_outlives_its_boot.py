"""A thief starts a box whose owner saw "disk open" an hour ago: what it said before its restart is not so any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.fleet.queries import REPORTED_LATE
from sensors.models import Sensor, SensorContact
from tests.support.fleet import Fleet, session_of
from tests.support.sensors.making import sensor_card_of


@pytest.fixture
def opened(fleet: Fleet) -> Sensor:
    """Connected, and its disk is open as it said itself, a while ago."""
    sensor = fleet.connected()
    record_heartbeat(sensor=sensor, disk="open", kit_version="1.0")
    return sensor


def an_hour_passes(sensor: Sensor) -> None:
    SensorContact.objects.filter(sensor=sensor).update(last_heartbeat_at=timezone.now() - timedelta(hours=1))


def test_said_over_the_tunnel_that_it_has_it_counts(opened: Sensor):
    assert (sensor_card_of(opened).disk, sensor_card_of(opened).status.label) == ("open", "Connected")


def test_said_over_an_earlier_tunnel_it_is_not_known(fleet: Fleet, opened: Sensor):
    an_hour_passes(opened)
    fleet.observe(up=[session_of(opened, client=8)])
    card = sensor_card_of(opened)
    assert (card.disk, card.status.label) == ("", "Connected, disk not known")
    record_heartbeat(sensor=opened, disk="locked", kit_version="1.0")
    assert sensor_card_of(opened).status.label == "Connected, disk locked"


def test_said_before_the_tunnel_went_down_it_is_not_known(fleet: Fleet, opened: Sensor):
    fleet.observe(down=[opened.subject])
    assert sensor_card_of(opened).disk == ""


def test_a_report_that_came_after_the_boxs_first_words_takes_them_for_its_own(fleet: Fleet):
    sensor = fleet.enrolled()
    record_heartbeat(sensor=sensor, disk="open", kit_version="1.0")
    SensorContact.objects.update(last_heartbeat_at=timezone.now() - REPORTED_LATE / 2)
    fleet.observe(up=[session_of(sensor)])
    assert sensor_card_of(sensor).disk == "open"


def test_the_page_and_the_report_do_not_say_open(fleet: Fleet, opened: Sensor, client: Any):
    an_hour_passes(opened)
    fleet.observe(up=[session_of(opened, client=8)])
    client.force_login(fleet.world.owner, backend="accounts.session_person.PersonOfSession")
    page = client.get(f"/sensors/{opened.pk}/").content.decode()
    assert "disk not known" in page
    assert "last said open" in page
    report = client.get(f"/sensors/{opened.pk}/report/").content.decode()
    assert "Whether its disk is open is not known" in report
