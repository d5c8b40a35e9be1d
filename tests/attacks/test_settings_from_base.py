"""Somebody who took over a door of the portal says what a box's settings are, and wants the box, or its tunnel."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authority import make_authority
from tests.support.sensor_kit.base_settings import CONFIG, NEW, SETTINGS_PATH, AskingBox
from tests.support.sensor_kit.doors import Answer, open_door
from tests.support.sensor_kit.kit import make_sensor


@pytest.fixture
def box(live: None, tmp_path: Path) -> Iterator[AskingBox]:
    authority = make_authority("provider")
    with open_door(tmp_path, authority, clients=authority) as door:
        door.answers["/v1/heartbeat"] = [Answer(status=204)]
        yield AskingBox(make_sensor(tmp_path, authority, door.url), door)


@pytest.mark.parametrize(
    "line",
    [
        "up /tmp/evil",
        "plugin /tmp/evil.so",
        "script-security 2",
        "tls-verify /tmp/evil",
        "log /etc/cron.d/evil",
        "management 0.0.0.0 7505",
        "setenv LD_PRELOAD /tmp/evil.so",
        "config /tmp/evil",
        "data-ciphers none",
        "pull-filter accept setenv",
        "remote evil.example 1194 udp\nup /tmp/evil",
    ],
)
def test_no_program_of_theirs_is_started_as_root(box: AskingBox, line: str) -> None:
    box.tell(f"{CONFIG}{line}\n")
    assert box.ask().code == 17
    assert box.files == box.before
    assert box.tunnel.calls("systemctl") == []


def test_a_box_is_not_led_to_another_gateway_that_the_authority_knows(box: AskingBox) -> None:
    """Such as one that was stolen: at the enrolment it was said which one this box trusts."""
    box.tell(NEW.replace("g-abcdefghijkl", "g-mnopqrstuvwx"))
    done = box.ask()
    assert done.code == 17
    assert "another gateway" in done.err
    assert box.files == box.before


def test_a_door_that_does_not_answer_in_our_authoritys_name_proves_nothing(box: AskingBox, tmp_path: Path) -> None:
    with open_door(tmp_path, make_authority("stranger")) as other:
        other.answers[SETTINGS_PATH] = [box.tell(CONFIG, machines_door_url=other.url)]
        assert box.ask().code == 25
        assert other.requests == []
    assert box.files == box.before


def test_a_box_that_was_sent_astray_is_back_by_itself_and_not_sent_again_that_day(box: AskingBox) -> None:
    box.tell(NEW.replace("203.0.113.9", "evil.example"))
    box.tunnel.refuse(NEW.replace("203.0.113.9", "evil.example"))
    assert box.ask().code == 25
    restarts = len(box.tunnel.calls("systemctl"))
    assert box.ask().code == 0
    assert len(box.tunnel.calls("systemctl")) == restarts
    assert box.files == box.before


@pytest.mark.parametrize(
    "underlay",
    ["10.88.0.0/16; flush ruleset", '10.88.0.0/16\ninclude "/tmp/evil"', "0.0.0.0/0", "10.20.0.10", "@portal_ports"],
)
def test_nothing_of_theirs_becomes_a_rule_of_the_firewall(box: AskingBox, underlay: str) -> None:
    box.tell(CONFIG, underlay=underlay)
    assert box.ask().code == 17
    assert box.files == box.before


@pytest.mark.parametrize(
    ("name", "value"), [("firewall", "off"), ("sniffing_interfaces", "eth0"), ("portal_url", "https://evil.example")]
)
def test_what_is_the_boxs_own_is_not_theirs_to_set(box: AskingBox, name: str, value: str) -> None:
    box.tell(NEW, **{name: value})
    assert box.ask().code == 0
    assert value not in box.files["sensor.conf"].decode()


def test_the_authority_that_a_box_trusts_is_not_theirs_to_set(box: AskingBox) -> None:
    kept = {name: (box.sensor.directory / name).read_bytes() for name in ("ca.crt", "client.crt", "client.key")}
    stranger = make_authority("stranger")
    box.tell(NEW, chain=stranger.pem, certificate=stranger.pem, tls_crypt_v2_client_key="x")
    assert box.ask().code == 0
    assert {name: (box.sensor.directory / name).read_bytes() for name in kept} == kept
