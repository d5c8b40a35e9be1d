"""The agent beside real OpenVPN and nft when something on the host or at the portal is wrong."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.gateway.configurations import CONFIG, SERVER_CONF
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.gateway.told import has_problem, tells_of_cut
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root
MOMENT = 4  # seconds, on a busy machine: a tenth of one on a quiet machine, and ten where a timeout is waited for


def test_a_crl_directory_that_openvpn_cannot_read_is_repaired_and_told(host: LoneGateway) -> None:
    host.portal.want(host.sensors[0].cut())
    host.portal.wait_for_report(tells_of_cut(host.sensors[0].subject), seconds=5, what="the cut")
    (host.directory / "crl").chmod(0o700)
    host.portal.wait_for_report(has_problem("directory-mode-repaired"), seconds=4, what="the repair")
    assert (host.directory / "crl").stat().st_mode & 0o777 == 0o755


def test_a_revoked_serial_that_openvpn_cannot_read_is_repaired(host: LoneGateway) -> None:
    host.portal.want(host.sensors[0].cut())
    host.portal.wait_for_report(tells_of_cut(host.sensors[0].subject), seconds=5, what="the cut")
    serial = host.directory / "crl" / host.sensors[0].serial
    serial.unlink()
    wait_until(serial.exists, seconds=5, what="the file is back")
    serial.chmod(0o000)
    wait_until(lambda: serial.stat().st_mode & 0o777 == 0o644, seconds=5, what="it is readable again")


def test_a_flushed_firewall_is_put_back_and_told(host: LoneGateway) -> None:
    host.network.run(host.host, "nft", "flush", "ruleset")
    host.portal.wait_for_report(has_problem("firewall-changed-by-others"), seconds=6, what="the loss")
    wait_until(lambda: host.sensors[0].address in host.open_addresses(), seconds=5, what="it is put back")


def metric(host: LoneGateway, name: str) -> float | None:
    """As node_exporter would hand it on."""
    try:
        text = (host.directory / "metrics.prom").read_text()
    except FileNotFoundError:
        return None
    families = text_string_to_metric_families(text)
    return next((sample.value for one in families for sample in one.samples if sample.name == name), None)


def test_who_watches_the_host_sees_openvpn_come_and_go(host: LoneGateway) -> None:
    wait_until(lambda: metric(host, "nsmaas_agent_sessions") == 2, seconds=20, what="the sessions are counted")
    assert metric(host, "nsmaas_agent_openvpn_up") == metric(host, "nsmaas_agent_table_whole") == 1
    accepted = metric(host, "nsmaas_agent_report_accepted_timestamp_seconds")
    assert accepted is not None
    assert abs(time.time() - accepted) < 60
    assert host.openvpn
    host.openvpn.kill()
    wait_until(lambda: metric(host, "nsmaas_agent_openvpn_up") == 0, seconds=20, what="OpenVPN's end is seen")
    assert metric(host, "nsmaas_agent_sessions") is None


def test_a_flushed_chain_is_put_back(host: LoneGateway) -> None:
    host.network.run(host.host, "nft", "flush", "chain", "inet", "nsmaas", "input")
    host.portal.wait_for_report(has_problem("firewall-changed-by-others"), seconds=6, what="the change")
    assert "@sensors" in host.network.run(host.host, "nft", "list", "chain", "inet", "nsmaas", "input")


def refuse_rules_with(network: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An nft in front of the real one, for what is started from now on."""
    real = shutil.which("nft", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    program = folder / "nft"
    program.write_text(
        f'#!/bin/sh\nfor last; do :; done\n[ "$last" = - ] || exec {real} "$@"\n'
        f'text=$(cat)\ncase $text in *{network}*) echo "no such rule" >&2; exit 1 ;; esac\n'
        f'printf "%s\\n" "$text" | {real} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_rules_that_nft_refuses_do_not_hold_up_a_cut(host: LoneGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    stolen = host.sensors[0]
    host.kill_agent()
    (host.folder / "programs").mkdir()
    refuse_rules_with("10.66.0.0/16", host.folder / "programs", monkeypatch)
    host.start_agent()
    bad = {"server_conf": SERVER_CONF, "firewall": {"base_networks": ["10.66.0.0/16"]}}
    host.portal.want(stolen.cut(), config=bad)

    def is_cut(report: Any) -> bool:
        locks = ("session_gone", "firewall_closed", "serials_blocked")
        return any(all(cut[lock] for lock in locks) for cut in report["cuts"] if cut["subject"] == stolen.subject)

    report, _ = host.portal.wait_for_report(is_cut, seconds=5, what="the whole cut")
    assert has_problem("firewall-refused")(report)
    assert report["generation"] == 1
    host.portal.want(config=CONFIG)
    host.portal.wait_for_report(lambda one: one["generation"] == 3, seconds=10, what="good rules are in place")
    assert not has_problem("firewall-refused")(host.portal.reports[-1])


def test_a_new_server_conf_is_written_and_the_needed_restart_told(host: LoneGateway) -> None:
    time.sleep(0.6)  # Process and file times within half a second count as the same.
    host.portal.want(config={**CONFIG, "server_conf": SERVER_CONF + "max-clients 900\n"})
    host.portal.wait_for_report(has_problem("openvpn-restart-needed"), seconds=5, what="the problem")
    assert "max-clients 900" in (host.directory / "server.conf").read_text()
    assert host.openvpn
    host.openvpn.terminate()
    host.openvpn.wait()
    told = len(host.portal.reports)
    host.start_openvpn()
    host.portal.wait_for_report(
        lambda one: not one["problems"] and one["sessions"]["full"], seconds=10, what="all is well", after=told
    )


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b'{"generation": 9, "full": true, "sensors": {}}', b'{"generation": -1}']
)
def test_a_bad_answer_is_told_and_never_applied(host: LoneGateway, answer: bytes) -> None:
    host.portal.raw_answer = answer
    host.portal.want(host.sensors[0].cut())
    host.portal.wait_for_report(has_problem("state-refused"), seconds=5, what="the problem")
    assert host.answers_ping(host.sensors[0])
    host.portal.raw_answer = None
    host.portal.wait_for_report(tells_of_cut(host.sensors[0].subject), seconds=10, what="the cut after all")


def test_a_portal_that_has_fallen_silent_holds_up_no_guard_and_no_end(host: LoneGateway) -> None:
    """Packets vanish, as behind a broken router: no refusal tells the agent of it."""
    port = str(host.door.port) if host.door else ""
    drops = f"tcp dport {port} drop; tcp sport {port} drop;"
    rules = f"table inet silence {{ chain drop_all {{ type filter hook input priority 0; {drops} }}; }}"
    host.network.run(host.host, "nft", rules)
    (host.directory / "crl").chmod(0o700)
    wait_until(lambda: (host.directory / "crl").stat().st_mode & 0o777 == 0o755, seconds=3, what="it still guards")
    host.portal.want(host.sensors[0].cut())
    time.sleep(2)
    assert host.answers_ping(host.sensors[0])
    host.network.run(host.host, "nft", "delete table inet silence")
    host.portal.wait_for_report(tells_of_cut(host.sensors[0].subject), seconds=20, what="the cut")
    host.network.run(host.host, "nft", rules)
    assert host.agent
    began = time.monotonic()
    host.agent.send_signal(signal.SIGTERM)
    assert host.agent.wait(20) == 0
    assert time.monotonic() - began < MOMENT


def test_it_ends_in_a_moment_and_leaves_everything_as_it_is(host: LoneGateway) -> None:
    assert host.agent
    began = time.monotonic()
    host.agent.send_signal(signal.SIGTERM)
    assert host.agent.wait(20) == 0
    assert time.monotonic() - began < MOMENT
    assert all(host.answers_ping(sensor) for sensor in host.sensors)
    assert host.sensors[0].address in host.open_addresses()


def test_a_second_agent_on_the_same_directory_is_refused(host: LoneGateway) -> None:
    first = host.agent
    second = host.start_agent()
    host.agent = first
    assert second.wait(5) == 1
    assert "another agent" in host.log_of("agent")


def test_a_silent_holder_of_the_management_socket_is_told_of(tmp_path: Path) -> None:
    host = LoneGateway(tmp_path, sensors=0)
    try:
        host.portal.want(config=CONFIG)
        host.start_agent()
        host.start_openvpn()
        host.portal.wait_for_report(lambda one: one["sessions"]["full"], seconds=10, what="attached")
        assert host.openvpn
        told = len(host.portal.reports)
        host.openvpn.send_signal(signal.SIGSTOP)
        try:
            report, _ = host.portal.wait_for_report(
                has_problem("management-unreachable"), seconds=15, what="the silence", after=told
            )
            assert "does not answer" in report["problems"][0]["detail"]
        finally:
            host.openvpn.send_signal(signal.SIGCONT)
        told = len(host.portal.reports)
        host.portal.wait_for_report(
            lambda one: one["sessions"]["full"] and not one["problems"], seconds=10, what="attached again", after=told
        )
    finally:
        host.close()
