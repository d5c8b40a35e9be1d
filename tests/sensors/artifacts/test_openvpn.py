import subprocess
from pathlib import Path

import pytest

from gateway.state.configuration_rules import read_server_conf
from sensors.artifacts.openvpn import client_conf, client_config, server_conf
from tests.support.sensors.artifact_facts import gateway_facts, sensor_facts


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
@pytest.mark.parametrize("text", [server_conf(gateway_facts()), client_conf(sensor_facts())], ids=["server", "client"])
def test_openvpn_knows_every_directive(text: str, tmp_path: Path):
    assert "Cannot pre-load keyfile" in read_by_openvpn(text, tmp_path)
    assert "Unrecognized option" in read_by_openvpn(text + "no-such-directive\n", tmp_path)
