"""A portal in the wrong hands writes what nft and OpenVPN do as root, on gateways and on boxes."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.state.configuration_rules import read_server_conf
from gateway.state.desired_state import StateAnswer, parse_state_answer, refuse_outside
from tests.support.gateway.configurations import CONFIG, SERVER_CONF
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.gateway.told import Condition, has_problem
from tests.support.sensor_kit.enrolment import OPENVPN_CONFIG
from tests.support.sensor_kit.kit import KIT, kit_environment
from tests.support.waiting import wait_until

# Every statement that nft(8) takes without a verb, some in a spelling of their own.
STATEMENTS_WITHOUT_A_VERB = [
    "rule ip filter INPUT accept",
    "rule filter INPUT accept",
    "element ip filter blocked { 192.0.2.1 }",
    "element\\\nip filter blocked { 192.0.2.1 }",
    "chain ip filter INPUT { policy accept; }",
    "chain ip filter MORE { type filter hook forward priority 0; policy drop; }",
    "set ip filter more { type ipv4_addr; }",
    "map ip filter more { type ipv4_addr : verdict; }",
    "flowtable ip filter more { hook ingress priority 0; devices = { lo }; }",
    "counter ip filter more { }",
    "quota ip filter more { over 1 mbytes }",
    "limit ip filter more { rate 1/second }",
    "synproxy ip filter more { mss 1460 wscale 7 }",
    'ct helper ip filter more { type "ftp" protocol tcp; }',
    'secmark ip filter more { "x" }',
    "add\\\n rule ip filter INPUT accept",
    "import vm json",
    "describe ip saddr",
    "define x = 1",
]
# In our own table, but not ours to do.
CHAINS_OF_OUR_TABLE = [
    "chain inet nsmaas more { type filter hook input priority -300; policy drop; }",
    "chain inet nsmaas more { type nat hook prerouting priority -100; }\nrule inet nsmaas more dnat ip to 192.0.2.1",
    "rule inet nsmaas forward accept",
]
OWN_TABLE = """\
table inet nsmaas {
    set sensors {
        type ipv4_addr
    }
    chain forward {
        type filter hook forward priority 0; policy accept;
        iifname "tun0" oifname "tun0" drop
    }
}
"""
FOREIGN_TABLE = """\
table ip filter {
    set blocked {
        type ipv4_addr
    }
    chain INPUT {
        type filter hook input priority 0; policy accept;
        ip saddr 192.0.2.9 drop
    }
}
"""


def answer_with(**config: object) -> StateAnswer:
    document = {"generation": 2, "full": False, "config": {**CONFIG, **config}, "sensors": []}
    return parse_state_answer(json.dumps(document).encode(), since=1)


def test_the_configuration_from_which_the_attacks_start_is_taken() -> None:
    assert answer_with().config is not None
    assert answer_with().refusals == ()


@pytest.mark.parametrize("statement", STATEMENTS_WITHOUT_A_VERB + CHAINS_OF_OUR_TABLE)
def test_no_statement_of_the_portals_reaches_nft(statement: str) -> None:
    answer = answer_with(firewall=OWN_TABLE + statement + "\n")
    assert answer.config is None
    assert len(answer.refusals) == 1


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    made = LoneGateway(tmp_path, sensors=0)
    try:
        made.network.run(made.host, "nft", FOREIGN_TABLE)
        made.portal.want(config=CONFIG)
        made.start_agent()
        wait_until((made.directory / "server.conf").exists, seconds=10, what="the first configuration is in place")
        yield made
    finally:
        made.close()


def has_judged(generation: int) -> Condition:
    """A report of an agent that has applied this configuration, or has refused it."""

    refused = has_problem("state-refused")
    return lambda report: report["generation"] == generation or refused(report)


@pytest.mark.root
def test_the_tables_of_others_on_a_gateway_stay_as_they_are(host: LoneGateway) -> None:
    """All at once, so that what nft takes of it, it takes as a whole."""
    before = host.network.run(host.host, "nft", "list", "table", "ip", "filter")
    hostile = OWN_TABLE + "\n".join(STATEMENTS_WITHOUT_A_VERB[:8]) + "\n"
    asked = host.portal.want(config={**CONFIG, "firewall": hostile})
    host.portal.wait_for_report(has_judged(asked), seconds=10, what="that it was applied or refused")
    assert host.network.run(host.host, "nft", "list", "table", "ip", "filter") == before
    tables = host.network.run(host.host, "nft", "list", "tables").splitlines()
    assert tables == ["table ip filter", "table inet nsmaas"]


WEAK_OR_STRANGE = [
    "cipher none",
    "cipher BF-CBC",
    "auth none",
    "auth MD5",
    "data-ciphers none",
    "data-ciphers AES-256-GCM:none",
    "data-ciphers AES-256-CBC",
    "data-ciphers-fallback none",
    "tls-version-min 1.0",
    "tls-version-max 1.0",
    "tls-cert-profile insecure",
    "tls-cert-profile legacy",
    "tls-cipher DEFAULT:@SECLEVEL=0",
    "tls-ciphersuites TLS_NULL",
    "tls-groups secp112r1",
    "replay-window 0",
    "reneg-sec 0",
    "mute 1",
    "verb 11",
    "keepalive 0 0",
    "hand-window 1",
    "user root",
    "group root",
    "dev tap0",
    "mode p2p",
    "topology net30",
    "ping-exit 1",
]


def with_instead(text: str, line: str) -> str:
    """The line in place of the one with the same directive, so that it is not refused for being there twice."""
    name = line.split()[0]
    kept = [one for one in text.splitlines() if one.split()[:1] != [name]]
    return "\n".join([*kept, line, ""])


@pytest.mark.parametrize(
    "line",
    [
        *WEAK_OR_STRANGE,
        "max-clients 0",
        "management 0.0.0.0 7505",
        "management management.sock unix /etc/shadow",
        "management-client-user nobody",
        "server 10.88.0.0 255.255.0.0",
        "server 10.88.0.0 0.0.255.255 nopool",
        "server 10.88.0.0 16 nopool",
        "server 0.0.0.0 0.0.0.0 nopool",
        "server 127.0.0.0 255.0.0.0 nopool",
        "server 10.20.0.0 255.255.0.0 nopool",
        "route 0.0.0.0 0.0.0.0",
        "crl-verify crl dir x",
        "verify-client-cert optional",
        "tls-crypt-v2 /etc/shadow",
        'push "setenv UV_X 1"',
        'push "plugin /tmp/x.so"',
        'push "script-security 2"',
        'push "redirect-gateway def1"',
        'push "dhcp-option DNS 192.0.2.1"',
        'push "route 0.0.0.0 0.0.0.0"',
        'push "route 192.0.2.0 255.255.255.0"',
        'push "route 10.20.0.0 255.255.255.0 10.88.0.9"',
        'push "route 10.20.0.0 255.255.255.0" x',
        'push "ping-exit 1"',
        "push route",
        "push",
    ],
)
def test_no_value_in_server_conf_weakens_the_gateway(line: str) -> None:
    answer = answer_with(server_conf=with_instead(SERVER_CONF, line))
    assert answer.config is None
    assert len(answer.refusals) == 1


@pytest.mark.parametrize(
    "client_config",
    [
        "ifconfig-push 10.88.0.5 0.0.255.255\n",
        "ifconfig-push 10.88.0.5 16\n",
        "ifconfig-push 10.88.0.5 0.0.0.0\n",
        "ifconfig-push 10.88.0.05 255.255.0.0\n",
        "ifconfig-push  10.88.0.5 255.255.0.0\n",
    ],
)
def test_no_client_config_says_anything_but_its_address_and_the_underlays_netmask(client_config: str) -> None:
    entry: dict[str, Any] = {
        "subject": "s-annaaaaaaaaa",
        "generation": 2,
        "address": "10.88.0.5",
        "allowed": True,
        "client_config": client_config,
        "serials": ["11"],
        "revoked_serials": [],
    }
    document = {"generation": 2, "full": False, "config": None, "sensors": [entry]}
    answer = refuse_outside(parse_state_answer(json.dumps(document).encode(), since=1), read_server_conf(SERVER_CONF))
    assert (answer.sensors, len(answer.refusals)) == ((), 1)


@pytest.mark.live
@pytest.mark.parametrize(
    "line",
    [
        *WEAK_OR_STRANGE,
        "auth-retry interact",
        "resolv-retry 1",
        "remote 198.51.100.7 0",
        "remote 198.51.100.7 65536",
        "remote 198.51.100.7 1194 unix",
        "remote 198.51.100.7 1194 udp more",
        "remote -x 1194",
        "verify-x509-name g-abcdefghijkl name-prefix",
        "verify-x509-name g- name",
        "verify-x509-name s-abcdefghijkl name",
        "verify-x509-name C:x subject",
        "remote-cert-tls server client",
        "tls-crypt-v2 tls-crypt-v2.key tls-crypt-v2.key",
        "pull-filter accept redirect-gateway",
        'pull-filter accept ""',
        "route-nopull route-nopull",
    ],
)
def test_no_value_in_client_conf_weakens_a_box(line: str) -> None:
    done = subprocess.run(
        ["awk", "-f", KIT / "lib" / "openvpn_config.awk"],
        input=with_instead(OPENVPN_CONFIG, line),
        capture_output=True,
        text=True,
        timeout=10,
        env=kit_environment() | {"LC_ALL": "C"},
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("line ")
