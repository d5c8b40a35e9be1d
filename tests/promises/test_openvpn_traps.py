"""What OpenVPN does badly by itself (it lets revoked certificates in when it cannot read its directory, and more), with
real OpenVPN: a cut-off sensor has no session for longer than two seconds, and nobody else is locked out."""

import contextlib
import random
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.gateway.lone_gateway import LoneGateway, TunnelBox, cut_and_wait, handshakes
from tests.support.gateway.network import enter_namespace
from tests.support.soaking import note, rounds
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

# The sweep looks once a second, OpenVPN's own work on a busy machine takes the rest.
LONGEST_SESSION = 2.0
OTHERS_BACK = 10.0


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    made = LoneGateway(tmp_path, sensors=2)
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def tries(host: LoneGateway, sensor: TunnelBox) -> int:
    """How often the box has begun a handshake that got as far as the server's certificate."""
    return host.log_of(sensor.subject).count("VERIFY OK: depth=0")


def try_again(host: LoneGateway, sensor: TunnelBox) -> None:
    before = tries(host, sensor)
    host.make_it_try_again(sensor)
    wait_until(lambda: tries(host, sensor) > before, seconds=20, what="it has tried")


def longest_reach(host: LoneGateway, sensor: TunnelBox, *, seconds: float) -> float:
    """For how long, in a row, the sensor could be reached through the tunnel in so many seconds."""
    end = time.monotonic() + seconds
    longest = 0.0
    since: float | None = None
    while (now := time.monotonic()) < end:
        if not host.answers_ping(sensor, seconds=1):
            since = None
        elif since is None:
            since = now
        else:
            longest = max(longest, now - since)
    return longest


def is_refused(host: LoneGateway, sensor: TunnelBox) -> bool:
    """By a file that OpenVPN's user, who is not root, can read."""
    path = host.directory / "crl" / sensor.serial
    return path.exists() and path.stat().st_mode & 0o444 == 0o444 and path.parent.stat().st_mode & 0o555 == 0o555


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def close(folder: Path) -> None:
    folder.chmod(0o000)


def replace(folder: Path) -> None:
    folder.rename(folder.with_name("moved-away"))
    folder.mkdir(mode=0o755)


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize("break_it", [remove, close, replace], ids=["gone", "unreadable", "replaced"])
def test_without_its_crl_directory_a_stolen_box_does_not_come_back(host: LoneGateway, break_it: Callable[[Path], None]):
    stolen, other = host.sensors
    cut_and_wait(host, stolen)
    break_it(host.directory / "crl")
    try_again(host, stolen)
    assert longest_reach(host, stolen, seconds=3) == 0
    wait_until(lambda: is_refused(host, stolen), seconds=5, what="its serial is refused again")
    try_again(host, other)
    wait_until(lambda: host.answers_ping(other), seconds=OTHERS_BACK, what="the other gets in")


@pytest.mark.parametrize("break_it", [remove, replace], ids=["gone", "replaced"])
def test_without_its_crl_directory_an_old_certificate_of_a_renewed_box_is_ended(
    host: LoneGateway, break_it: Callable[[Path], None]
):
    """Its client-config is there, as the box is allowed with another certificate: only the serial stands against it."""
    copied, _ = host.sensors
    host.portal.want(copied.allowed(serials=[copied.serial, "4242"], revoked_serials=[copied.serial]))
    wait_until(lambda: (host.directory / "crl" / copied.serial).exists(), seconds=5, what="its serial is refused")
    wait_until(lambda: copied.subject not in host.portal.sessions(), seconds=5, what="its session is ended")
    break_it(host.directory / "crl")
    try_again(host, copied)
    assert longest_reach(host, copied, seconds=4) < LONGEST_SESSION
    assert not host.answers_ping(copied)


@pytest.mark.parametrize("break_it", [remove, replace, empty], ids=["gone", "replaced", "emptied"])
def test_without_client_configs_the_others_are_back_soon_and_the_stolen_box_is_not(
    host: LoneGateway, break_it: Callable[[Path], None]
):
    """`ccd-exclusive` lets nobody in without a file: that must not last until the next slow look."""
    stolen, other = host.sensors
    cut_and_wait(host, stolen)
    break_it(host.directory / "ccd")
    try_again(host, other)
    try_again(host, stolen)
    wait_until(lambda: host.answers_ping(other), seconds=OTHERS_BACK, what="the other gets in")
    assert not host.answers_ping(stolen)


def test_with_both_directories_replaced_a_stolen_box_is_ended_within_two_seconds(host: LoneGateway):
    """The worst hand: an empty crl and its client-config back at once; the sweep and the firewall are left."""
    stolen, other = host.sensors
    cut_and_wait(host, stolen)
    replace(host.directory / "crl")
    (host.directory / "ccd" / stolen.subject).write_text(f"ifconfig-push {stolen.address} 255.255.0.0\n")
    try_again(host, stolen)
    assert longest_reach(host, stolen, seconds=4) < LONGEST_SESSION
    wait_until(lambda: stolen.subject not in host.portal.sessions(), seconds=5, what="no session is left")
    assert host.answers_ping(other)


@contextlib.contextmanager
def somebody_on_the_management_socket(host: LoneGateway) -> Iterator[None]:
    """OpenVPN serves one client at a time, and this one is first."""
    leave = enter_namespace(host.host)
    try:
        with socket.socket(socket.AF_UNIX) as holder:
            holder.connect(str(host.directory / "management.sock"))
            holder.recv(1000)
            yield
    finally:
        leave()


def test_while_another_holds_the_management_socket_a_cut_closes_the_firewall_and_is_not_called_done(
    host: LoneGateway,
):
    stolen, other = host.sensors
    host.kill_agent()
    with somebody_on_the_management_socket(host):
        told = len(host.portal.reports)
        host.portal.want(stolen.cut())
        host.start_agent()
        wait_until(lambda: not host.answers_ping(stolen), seconds=10, what="the firewall shuts it out")
        report, _ = host.portal.wait_for_report(lambda one: one["cuts"], seconds=15, what="what is done", after=told)
        [seen] = report["cuts"]
        assert (seen["session_gone"], seen["firewall_closed"], seen["serials_blocked"]) == (False, True, True)
        assert "management-unreachable" in [problem["code"] for problem in report["problems"]]
        assert host.answers_ping(other)
    report, _ = host.portal.wait_for_report(
        lambda one: [seen for seen in one["cuts"] if seen["session_gone"]], seconds=15, what="the session's end"
    )
    assert host.answers_ping(other)


def test_a_handshake_that_passed_the_check_just_before_the_cut_is_ended(host: LoneGateway):
    """The cut falls into the handshake, at another moment each time."""
    stolen, other = host.sensors
    wanted, slipped = rounds(suite=4, soak=50), 0
    for number in range(wanted):
        if number:
            give_new_certificate(host, stolen)
        before = handshakes(host, stolen)
        host.connect(stolen) if number else host.make_it_try_again(stolen)
        time.sleep(random.random() * 0.4 if number else 0.1)  # noqa: S311  # not a secret
        cut_and_wait(host, stolen)
        slipped += handshakes(host, stolen) > before
        assert longest_reach(host, stolen, seconds=3) == 0
        assert stolen.subject not in host.portal.sessions()
        assert stolen.process
        stolen.process.terminate()
        stolen.process.wait()
    note("a handshake at the moment of the cut", f"{wanted} rounds, {slipped} had passed the check, none stayed")
    assert host.answers_ping(other)


def give_new_certificate(host: LoneGateway, sensor: TunnelBox) -> None:
    sensor.issued = host.authority.issue(sensor.subject)
    folder = host.folder / sensor.subject
    (folder / "client.crt").write_text(sensor.issued.certificate)
    (folder / "client.key").write_text(sensor.issued.key)
    generation = host.portal.want(sensor.allowed())
    host.portal.wait_for_report(lambda one: one["generation"] >= generation, seconds=10, what="it is allowed again")
