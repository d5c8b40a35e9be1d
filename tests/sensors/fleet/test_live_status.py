from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sensors.fleet.live_status import LiveStatus, Status, live_status
from sensors.states import READABLE, SensorState

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def status(**different: Any) -> LiveStatus:
    facts: dict[str, Any] = {
        "state": SensorState.IN_SERVICE,
        "connected_since": NOW,
        "public_address": "198.51.100.21",
        "last_ended": None,
        "gateway_silent_since": None,
        "gateway_revoked": False,
        "disk": "open",
        "elsewhere": False,
    }
    return live_status(**(facts | different))


def test_connected_with_an_open_disk_is_well_and_says_from_where_and_since_when():
    seen = status()
    assert (seen.status, seen.label, seen.since) == (Status.OK, "Connected", NOW)
    assert "198.51.100.21" in seen.reason


@pytest.mark.parametrize("disk", ["open", "mounted"])
def test_a_disk_that_is_read_is_well(disk: str):
    assert status(disk=disk).status is Status.OK
    assert disk in status(disk=disk).reason


def test_a_box_that_does_not_find_its_disk_is_a_warning():
    seen = status(disk="absent")
    assert (seen.status, seen.label) == (Status.WARNING, "Connected, disk absent")
    assert "open" not in seen.reason


@pytest.mark.parametrize("disk", ["", "locked"])
def test_a_disk_that_nobody_said_to_be_open_is_not_shown_as_open(disk: str):
    seen = status(disk=disk)
    assert seen.status is Status.PENDING
    assert "open" not in seen.reason


def test_a_tunnel_that_is_down_says_since_when():
    ended = NOW - timedelta(hours=1)
    seen = status(connected_since=None, last_ended=ended)
    assert (seen.status, seen.label, seen.since) == (Status.WARNING, "Not connected", ended)


@pytest.mark.parametrize("connected", [NOW, None])
def test_a_silent_gateway_means_not_known_whatever_it_said_last(connected: datetime | None):
    silent = NOW - timedelta(minutes=2)
    seen = status(connected_since=connected, gateway_silent_since=silent)
    assert (seen.status, seen.label, seen.since) == (Status.WARNING, "Not known", silent)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SensorState.REGISTERED, Status.PENDING),
        (SensorState.REPORTED, Status.CUTTING),
        (SensorState.CUT_OFF, Status.CUT),
        (SensorState.RETIRED, Status.OFF),
    ],
)
@pytest.mark.parametrize("silent", [None, NOW])
@pytest.mark.parametrize("connected", [None, NOW])
def test_out_of_service_nothing_observed_makes_it_look_well(state, expected, silent, connected):
    assert status(state=state, gateway_silent_since=silent, connected_since=connected).status is expected


def test_reported_is_never_called_cut_off():
    assert "cut off" not in status(state=SensorState.REPORTED).label.lower().replace("being cut off", "")
    assert "Waiting" in status(state=SensorState.REPORTED).reason


@pytest.mark.parametrize("disk", ["open", "mounted", "locked", "absent", ""])
def test_a_box_that_appears_elsewhere_is_a_warning_even_with_an_open_disk(disk: str):
    seen = status(elsewhere=True, disk=disk)
    assert (seen.status, seen.label, seen.since) == (Status.WARNING, "Not where expected", NOW)
    assert "198.51.100.21" in seen.reason
    assert ("no disk key" in seen.reason) == (disk not in READABLE)
