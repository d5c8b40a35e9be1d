"""An agent beside a portal, or a stored state, of another version: cut-offs go on, and nothing opens."""

import json
from typing import Any

import pytest

from tests.support.gateway.configurations import CONFIG, SERVER_CONF
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.gateway.told import has_problem, tells_of_cut
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

# As portals sent it, and agents stored it, before the portal sent data.
OLD_CONFIG = {"server_conf": SERVER_CONF, "firewall": "table inet nsmaas { set sensors { type ipv4_addr; } }"}


def make_stored_state_old(host: LoneGateway) -> None:
    path = host.directory / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "config": OLD_CONFIG}))


def is_shut_out(cut: dict[str, Any]) -> bool:
    return all(cut[lock] for lock in ("session_gone", "firewall_closed", "serials_blocked", "client_config_removed"))


def test_a_portal_that_sends_another_kind_of_configuration_still_cuts_off(host: LoneGateway) -> None:
    stolen, other = host.sensors
    host.portal.want(stolen.cut(), config=OLD_CONFIG)
    report, _ = host.portal.wait_for_report(tells_of_cut(stolen.subject), seconds=5, what="the cut")
    assert is_shut_out(report["cuts"][0])
    assert host.answers_ping(other)
    host.portal.wait_for_report(has_problem("state-refused"), seconds=5, what="that the configuration is not taken")


def test_an_agent_on_the_state_of_the_one_before_cuts_off_and_asks_for_what_it_does_not_take(host: LoneGateway) -> None:
    stolen, other = host.sensors
    host.kill_agent()
    make_stored_state_old(host)
    # The portal is the old one too, for a while.
    host.portal.want(stolen.cut(), config=OLD_CONFIG)
    told = len(host.portal.reports)
    host.start_agent()
    report, _ = host.portal.wait_for_report(tells_of_cut(stolen.subject), seconds=10, what="the cut", after=told)
    assert is_shut_out(report["cuts"][0])
    assert host.answers_ping(other), "the table that stands goes on"
    asked = host.portal.want(config=CONFIG)
    host.portal.wait_for_report(
        lambda one: one["generation"] == asked and not has_problem("firewall-refused")(one),
        seconds=10,
        what="the new configuration is in place",
    )
    assert host.answers_ping(other)


def test_without_a_table_and_without_a_configuration_sensors_are_kept_apart_all_the_same(host: LoneGateway) -> None:
    host.kill_agent()
    make_stored_state_old(host)
    host.network.run(host.host, "nft", "flush", "ruleset")
    host.close_door()
    host.start_agent()
    wait_until(lambda: host.sensors[0].address in host.open_addresses(), seconds=10, what="a table is there again")
    rules = host.network.run(host.host, "nft", "list", "chain", "inet", "nsmaas", "forward")
    assert "policy drop" in rules
    assert 'iifname { "tun0", "nsmtcp0" } oifname { "tun0", "nsmtcp0" } drop' in rules
