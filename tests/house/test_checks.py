"""Settings that would do harm only later, when a box enrols, are told at the start."""

import subprocess
from typing import Any

import pytest
from django.core.checks import run_checks

from gateway.to_portal.enrolment_file import DOOR, check_enrolment
from portal import checks
from tests.support.sensor_kit.kit import KIT

ADDRESSES = {
    "https://10.20.0.10:8443": True,
    "https://base.example.org": True,
    "https://[fd00::1]:8443": True,
    "https://base.example.org/": True,
    "http://10.20.0.10:8443": False,
    "https://10.20.0.10:8443/machines": False,
    "https://10.20.0.10:99999": False,
    "https://10.20.0.10:0": False,
    "https://10.20.0.10:": False,
    "https://me@10.20.0.10": False,
    "https://[fd00::1": False,
    "https://10.20.0.10\n": False,
    "https://": False,
    "": False,
}


@pytest.mark.live
@pytest.mark.parametrize(("address", "right"), ADDRESSES.items(), ids=repr)
def test_portal_agent_and_box_take_the_same_addresses_of_the_machines_door(settings: Any, address: str, right: object):
    settings.MACHINES_DOOR_URL = address
    assert ("portal.E002" not in [message.id for message in run_checks()]) is right
    assert is_taken_by_agent(address) is right
    assert is_taken_by_box(address) is right


def is_taken_by_agent(address: str) -> bool:
    try:
        check_enrolment("g-abcdefghijkl", address)
    except ValueError:
        return False
    return True


def is_taken_by_box(address: str) -> bool:
    script = f'. {KIT}/lib/settings.sh; set_setting machines_door_url "$1"'
    return subprocess.run(["sh", "-c", script, "sh", address], check=False, timeout=10).returncode == 0


def test_portal_and_agent_have_the_same_form():
    assert checks.DOOR.pattern == DOOR.pattern
