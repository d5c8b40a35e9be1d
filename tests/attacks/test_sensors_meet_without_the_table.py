"""Two customers' sensors try to reach one another while the gateway's host loses its table, its rules or its agent."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.gateway.place import BASE, NEIGHBOUR, Place
from tests.support.gateway.told import has_problem, tells_of_cut
from tests.support.gateway.witness import Sender, Witness
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

# Long enough for 200 tries.
A_WHILE = 1.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """With two connected sensors that base reaches."""
    made = Place(tmp_path, sensors=2)
    made.gateway.agent_options = []  # As in service: the slow look comes every 30 s.
    try:
        made.start()
        made.gateway.start_openvpn()
        made.gateway.connect(*made.gateway.sensors)
        addresses = [sensor.address for sensor in made.gateway.sensors]
        wait_until(
            lambda: all(made.reaches(made.base, address) for address in addresses), seconds=20, what="base reaches both"
        )
        yield made
    finally:
        made.gateway.close()


@contextmanager
def nothing_passes_between_sensors(place: Place) -> Iterator[tuple[Witness, Witness]]:
    """Both try during the block and for a while longer."""
    one, other = place.gateway.sensors
    with ExitStack() as stack:
        seen = (
            stack.enter_context(Witness(other.host, one.address)),
            stack.enter_context(Witness(one.host, other.address)),
        )
        senders = [
            stack.enter_context(Sender(one.host, one.address, other.address)),
            stack.enter_context(Sender(other.host, other.address, one.address)),
        ]
        yield seen
        time.sleep(A_WHILE)
        assert all(sender.sent > 20 for sender in senders), "they must have tried, or nothing is proved here"
    assert [len(witness.seen) for witness in seen] == [0, 0]


def nft(place: Place, *command: str) -> str:
    return place.network.run(place.gateway.host, "nft", *command)


def take_rules_away(place: Place) -> None:
    for family in ("-4", "-6"):
        place.network.run(place.gateway.host, "ip", family, "rule", "flush")
        for preference, table in (("32766", "main"), ("32767", "default")):
            if (family, table) != ("-6", "default"):
                place.network.run(place.gateway.host, "ip", family, "rule", "add", "pref", preference, "lookup", table)


def table_is_back(place: Place) -> Callable[[], bool]:
    return lambda: place.gateway.sensors[0].address in place.gateway.open_addresses()


def test_the_witness_sees_a_hole_that_is_planted(place: Place) -> None:
    one, other = place.gateway.sensors
    place.gateway.kill_agent()
    take_rules_away(place)
    nft(place, "flush", "ruleset")
    with Witness(other.host, one.address) as witness, Sender(one.host, one.address, other.address):
        wait_until(lambda: len(witness.seen) > 10, seconds=5, what="without table, rules and agent the host forwards")


LOSSES = {
    "flush": ("flush", "ruleset"),
    "delete": ("delete", "table", "inet", "nsmaas"),
    "flush chains": ("flush", "table", "inet", "nsmaas"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_table_that_is_taken_away_lets_nothing_through_and_is_back_in_about_a_second(place: Place, loss: str) -> None:
    told = len(place.gateway.portal.reports)
    with nothing_passes_between_sensors(place):
        for _ in range(3):
            nft(place, *LOSSES[loss])
            began = time.monotonic()
            wait_until(
                lambda: "iifname" in nft(place, "list", "ruleset") and table_is_back(place)(),
                seconds=1.5,
                what="the table is back",
            )
            took = time.monotonic() - began
            assert took < 4, f"{took:.1f} s"
    assert place.reaches(place.base, place.gateway.sensors[0].address)
    place.gateway.portal.wait_for_report(
        has_problem("firewall-changed-by-others"), seconds=5, what="the loss is told", after=told
    )


def test_routing_rules_that_are_taken_away_are_back_in_about_a_second(place: Place) -> None:
    before = place.network.run(place.gateway.host, "ip", "rule")
    with nothing_passes_between_sensors(place):
        take_rules_away(place)
        wait_until(
            lambda: place.network.run(place.gateway.host, "ip", "rule") == before,
            seconds=1.5,
            what="the rules are back",
        )


def test_without_agent_and_table_nothing_at_all_is_forwarded(place: Place) -> None:
    """Also not from a box that was cut off to base, nor from a neighbour of the gateway."""
    one = place.gateway.sensors[0]
    place.gateway.kill_agent()
    with (
        nothing_passes_between_sensors(place),
        Witness(place.base, one.address) as at_base,
        Witness(place.base, NEIGHBOUR) as from_outside,
        Witness(one.host, NEIGHBOUR) as at_sensor,
    ):
        nft(place, "flush", "ruleset")
        with (
            Sender(one.host, one.address, BASE),
            Sender(place.neighbour, NEIGHBOUR, BASE),
            Sender(place.neighbour, NEIGHBOUR, one.address),
        ):
            time.sleep(A_WHILE)
    assert (at_base.seen, from_outside.seen, at_sensor.seen) == ([], [], [])
    place.gateway.start_agent()
    wait_until(lambda: place.reaches(place.base, one.address), seconds=10, what="the agent's next life opens for base")


def test_connections_to_base_outlive_a_lost_table(place: Place) -> None:
    """The gap is a silence, not a refusal."""
    one = place.gateway.sensors[0]
    with Witness(place.base, one.address) as witness, Sender(one.host, one.address, BASE):
        wait_until(lambda: witness.seen, seconds=5, what="the sensor reaches base")
        nft(place, "flush", "ruleset")
        gone = time.monotonic()
        wait_until(lambda: witness.seen[-1] > gone + 2, seconds=5, what="it reaches base again")


def test_a_cut_during_a_lost_table_is_made_and_told(place: Place) -> None:
    stolen, other = place.gateway.sensors
    with nothing_passes_between_sensors(place):
        nft(place, "flush", "ruleset")
        place.gateway.portal.want(stolen.cut())
        place.gateway.portal.wait_for_report(tells_of_cut(stolen.subject), seconds=5, what="the cut")
    wait_until(lambda: other.address in place.gateway.open_addresses(), seconds=5, what="the table is back")
    assert stolen.address not in place.gateway.open_addresses()


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb") as file:
        try:
            while file.write(b"\0" * 65536):
                file.flush()
        except OSError:
            return


def test_a_full_disk_opens_nothing(tmp_path: Path) -> None:
    """The whole directory of the agent on a disk of its own, full when the table is lost and the agent starts again."""
    made = Place(tmp_path, sensors=2)
    directory = made.gateway.directory
    kept = tmp_path / "kept"
    try:
        made.start()
        made.gateway.start_openvpn()
        made.gateway.connect(*made.gateway.sensors)
        everybody = {sensor.subject for sensor in made.gateway.sensors}
        wait_until(lambda: made.gateway.portal.sessions() == everybody, seconds=20, what="all are connected")
        made.gateway.kill_agent()
        directory.rename(kept)
        directory.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", str(directory)], check=True)
        subprocess.run(["cp", "-a", f"{kept}/.", str(directory)], check=True)
        fill(directory)
        with nothing_passes_between_sensors(made):
            nft(made, "flush", "ruleset")
            made.gateway.start_agent()
            wait_until(table_is_back(made), seconds=10, what="the table is back")
            assert made.reaches(made.base, made.gateway.sensors[0].address)
    finally:
        made.gateway.close()
        if os.path.ismount(directory):
            subprocess.run(["umount", "--lazy", str(directory)], check=True)
