"""After a power cut any file that the agent writes may hold zeros, half of itself, or nothing: it goes on by itself."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.state.configuration_rules import ConfigurationRefused, read_server_conf
from tests.support.gateway.configurations import CONFIG
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

DAMAGES: dict[str, Callable[[Path], object]] = {
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "gone": Path.unlink,
}
# A first start looks the same, or a state that no change followed.
UNKNOWN_LOSS = {("outbox.json", "gone"), ("state.journal", "gone"), ("state.journal", "empty")}
# The agent's next life fills these again, and nothing is lost; a dot begins what was still being written.
SILENT = (".", "ccd/", "crl/", "renewal.lock", "server.conf")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    made = LoneGateway(tmp_path, sensors=3)
    try:
        yield made
    finally:
        made.close()


def files_of(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and not path.is_socket()
    }


def put_back(host: LoneGateway, files: dict[str, bytes]) -> None:
    """As after the cut: the directory of then, and a kernel that knows of nothing."""
    for name in ("ccd", "crl"):
        shutil.rmtree(host.directory / name)
        (host.directory / name).mkdir(mode=0o755)
    for name in files_of(host.directory).keys() - files.keys():
        (host.directory / name).unlink()
    for name, content in files.items():
        (host.directory / name).write_bytes(content)
    host.network.run(host.host, "nft", "flush", "ruleset")


def is_shut_out(host: LoneGateway) -> bool:
    stolen = host.sensors[0]
    return (
        (host.directory / "crl" / stolen.serial).exists()
        and not (host.directory / "ccd" / stolen.subject).exists()
        and stolen.address not in host.open_addresses()
    )


def test_whatever_file_is_lost_the_agent_starts_by_itself_says_so_and_loses_no_cut(host: LoneGateway) -> None:
    stolen, other, late = host.sensors
    enrolled = files_of(host.directory)
    host.portal.want(stolen.allowed(), other.allowed(), config=CONFIG)
    host.start_agent()
    wait_until(lambda: other.address in host.open_addresses(), seconds=5, what="the state is in place")
    host.portal.want(stolen.cut(), late.allowed())
    wait_until(lambda: late.address in host.open_addresses() and is_shut_out(host), seconds=5, what="the cut")
    host.kill_agent()
    kept = files_of(host.directory)
    written = kept.keys() - enrolled.keys()
    assert {"state.json", "state.journal", "outbox.json", "server.conf", f"crl/{stolen.serial}"} <= written
    for name in sorted(written):
        for damage, do in DAMAGES.items():
            put_back(host, kept)
            do(host.directory / name)
            if files_of(host.directory) == kept:
                continue
            before, told = len(host.log_of("agent")), len(host.portal.reports)
            host.start_agent()
            host.portal.wait_for_report(
                lambda report: report["sequence"], seconds=5, what=f"{name} {damage}", after=told
            )
            wait_until(
                lambda: is_shut_out(host) and {other.address, late.address} <= set(open_now(host)),
                seconds=5,
                what=f"{name} {damage}: all is in place again",
            )
            said = host.log_of("agent")[before:]
            if not name.startswith(SILENT) and (name, damage) not in UNKNOWN_LOSS:
                assert name in said, f"{name} {damage}: {said}"
            host.kill_agent()


def open_now(host: LoneGateway) -> list[str]:
    return [sensor.address for sensor in host.sensors if sensor.address in host.open_addresses()]


def test_a_cut_in_the_journal_that_is_lost_is_kept_without_the_portal(host: LoneGateway) -> None:
    """The serial's file is a memory of its own, and the portal may be down for long."""
    stolen, other, _ = host.sensors
    host.portal.want(stolen.allowed(), other.allowed(), config=CONFIG)
    host.start_agent()
    wait_until(lambda: stolen.address in host.open_addresses(), seconds=5, what="the state is in place")
    host.portal.want(stolen.cut())
    host.portal.wait_for_report(lambda one: one["generation"] == 2, seconds=5, what="the cut")
    host.kill_agent()
    host.close_door()
    (host.directory / "state.journal").write_bytes(b"")
    host.network.run(host.host, "nft", "flush", "ruleset")
    host.start_agent()
    wait_until(lambda: other.address in host.open_addresses(), seconds=5, what="the older state is in place")
    assert is_shut_out(host)


def test_no_half_of_a_server_conf_starts_a_tunnel(host: LoneGateway) -> None:
    host.portal.want(config=CONFIG)
    host.start_agent()
    wait_until((host.directory / "server.conf").exists, seconds=5, what="server.conf is written")
    host.kill_agent()
    assert host.run_agent("close", "--look").returncode == 0
    text = (host.directory / "server.conf").read_text()
    for length in (0, len(text) // 2, len(text) - len("verb 3\n")):
        (host.directory / "server.conf").write_text(text[:length])
        with pytest.raises(ConfigurationRefused):
            read_server_conf(text[:length])
        assert host.run_agent("close", "--look").returncode == 1
