import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.state.configuration_rules import read_server_conf, read_server_tcp_conf
from sensors.artifacts.openvpn import client_conf, client_config, server_conf, server_tcp_conf
from tests.support.sensors.artifact_facts import gateway_facts, sensor_facts

BY_TCP = gateway_facts(tcp_port=443)
SERVER_TCP_CONF = server_tcp_conf(BY_TCP) or ""


def directives(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_server_lets_in_only_names_with_a_file_and_serials_without_one():
    lines = directives(server_conf(gateway_facts()))
    for needed in (
        "ccd-exclusive",
        "client-config-dir ccd",
        "crl-verify crl dir",
        "verify-client-cert require",
        "remote-cert-tls client",
        "tls-version-min 1.3",
        "tls-crypt-v2 tls-crypt-v2-server.key",
        "server 10.88.0.0 255.255.0.0 nopool",
        "management management.sock unix",
        "fast-io",
    ):
        assert lines.count(needed) == 1, needed


@pytest.mark.parametrize("never", ["client-to-client", "duplicate-cn", "auth-user-pass-optional", "script-security"])
def test_the_server_never_says_what_would_open_it(never: str):
    assert never not in server_conf(gateway_facts())


def test_each_network_at_base_is_a_route():
    lines = directives(server_conf(gateway_facts()))
    routes = [line for line in lines if line.startswith("push")]
    assert routes == ['push "route 10.20.0.0 255.255.255.0"', 'push "route 10.21.0.0 255.255.0.0"']
    assert "push" not in server_conf(gateway_facts(base_networks=()))


def test_the_agent_on_the_gateway_accepts_it():
    facts = read_server_conf(server_conf(gateway_facts()))
    assert (str(facts.network), str(facts.own_address)) == ("10.88.0.0/16", "10.88.0.1")


def test_the_agent_accepts_the_second_one_as_of_the_same_underlay():
    assert read_server_tcp_conf(SERVER_TCP_CONF) == read_server_conf(server_conf(BY_TCP))
    assert server_tcp_conf(gateway_facts()) is None


def test_the_second_server_lets_in_whom_the_first_would():
    """But for what says how it listens and what its device is, both say the same."""
    udp, tcp = set(directives(server_conf(BY_TCP))), set(directives(SERVER_TCP_CONF))
    names_of_udp = {"port", "proto", "multihome", "dev", "server", "fast-io", "management"}
    names_of_tcp = names_of_udp - {"multihome", "server", "fast-io"} | {
        "socket-flags", "mode", "tls-server", "ifconfig", "ifconfig-push-constraint", "push",
    }  # fmt: skip
    assert {line.split()[0] for line in udp - tcp} == names_of_udp
    assert {line.split()[0] for line in tcp - udp} == names_of_tcp


def test_a_client_tries_tcp_after_udp_and_only_where_there_is_any():
    assert not [line for line in directives(client_conf(sensor_facts())) if "tcp" in line]
    lines = directives(client_conf(sensor_facts(gateway=BY_TCP)))
    first = lines.index("remote vpn.example.org 1194")
    assert lines[first : first + 3] == [
        "remote vpn.example.org 1194",
        "remote vpn.example.org 443 tcp-client",
        "connect-timeout 10",
    ]
    assert lines[first - 1] == "proto udp"
    by_ipv6 = client_conf(sensor_facts(gateway=gateway_facts(host="2001:db8::1", tcp_port=443)))
    assert "remote 2001:db8::1 443 tcp6-client" in directives(by_ipv6)


def test_a_client_config_is_one_line():
    assert client_config(sensor_facts()) == "ifconfig-push 10.88.0.5 255.255.0.0\n"


def test_the_client_trusts_its_own_gateway_only_and_starts_no_program():
    lines = directives(client_conf(sensor_facts()))
    assert "remote vpn.example.org 1194" in lines
    assert "verify-x509-name g-abcdefghijkl name" in lines
    assert "remote-cert-tls server" in lines
    assert not [line for line in lines if line.split()[0] in {"up", "down", "script-security", "plugin", "route-up"}]


def test_the_clients_files_are_named_relative_to_its_directory():
    lines = directives(client_conf(sensor_facts()))
    for line in ("ca ca.crt", "cert client.crt", "key client.key", "tls-crypt-v2 tls-crypt-v2.key"):
        assert line in lines


def read_by_openvpn(text: str, folder: Path) -> str:
    """It stops at the first file that is missing, once it has read them all."""
    (folder / "any.conf").write_text(text, encoding="utf-8")
    command = ["openvpn", "--cd", str(folder), "--config", "any.conf"]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout


@pytest.mark.live
@pytest.mark.parametrize(
    "text",
    [
        server_conf(gateway_facts()),
        SERVER_TCP_CONF,
        client_conf(sensor_facts()),
        client_conf(sensor_facts(gateway=BY_TCP)),
    ],
    ids=["server", "server by TCP", "client", "client of both"],
)
def test_openvpn_knows_every_directive(text: str, tmp_path: Path):
    assert "Cannot pre-load keyfile" in read_by_openvpn(text, tmp_path)
    assert "Unrecognized option" in read_by_openvpn(text + "no-such-directive\n", tmp_path)


@pytest.mark.parametrize(
    ("host", "proto"), [("vpn.example.org", "udp"), ("198.51.100.1", "udp"), ("2001:db8::1", "udp6")]
)
def test_a_client_takes_an_address_of_ipv6_for_one(host: str, proto: str):
    lines = directives(client_conf(replace(sensor_facts(), gateway=replace(gateway_facts(), host=host))))
    assert f"proto {proto}" in lines
    assert f"remote {host} 1194" in lines
