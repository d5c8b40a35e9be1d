"""A portal in the wrong hands must not get further than its own OpenVPN, as strong as we made it."""

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.state.configuration_rules import ConfigurationRefused, read_server_conf
from gateway.state.gateway_config import GatewayConfig, config_as_json, parse_config
from gateway.state.openvpn_directives import DIRECTIVES, REQUIRED
from gateway.state.openvpn_forms import fits
from tests.support.gateway.configurations import CONFIG, SERVER_CONF
from tests.support.gateway.server_confs import server_confs


def test_it_reads_what_the_agent_needs_of_a_good_server_conf() -> None:
    conf = read_server_conf(SERVER_CONF + 'push "route 10.20.0.0 255.255.255.0"\n')
    assert (str(conf.network), str(conf.own_address)) == ("10.88.0.0/16", "10.88.0.1")
    assert (conf.user, conf.group, list(map(str, conf.routes))) == ("nobody", "nogroup", ["10.20.0.0/24"])


@pytest.mark.parametrize(
    "line",
    [
        "up /bin/sh",
        "--up /bin/sh",
        "--mssfix 1300",
        '"up" /bin/sh',
        "plugin /tmp/x.so",
        "script-security 2",
        "client-connect /tmp/x",
        "tls-verify /tmp/x",
        "config /etc/shadow",
        "log /etc/passwd",
        "status /etc/passwd",
        "writepid /etc/passwd",
        "client-to-client",
        "duplicate-cn",
        "verify-client-cert none",
        "<ca>",
        "<connection>",
        "setenv LD_PRELOAD /tmp/x.so",
        "crl-verify crl.pem",
        "client-config-dir /tmp",
        "mssfix 1300\rup /bin/sh",
        "mssfix 1300\x0bup /bin/sh",
        "mssfix 1300\x00",
        "mssfix 1300 # with a word behind it",
        'mssfix "1300"',
        "mssfix 01300",
        "mssfix 1300.0",
        "mssfix 1\u0663\u0660\u0660",
        "mssfix\u00a01300",
        "MSSFIX 1300",
        "# für später",
        "# " + "x" * 254 + "up /bin/sh",
        "verb 3",
    ],
)
def test_it_refuses_what_is_not_on_the_list_and_names_the_line(line: str) -> None:
    number = SERVER_CONF.count("\n") + 1
    with pytest.raises(ConfigurationRefused, match=rf"^server\.conf line {number}: "):
        read_server_conf(SERVER_CONF + line + "\n")


@pytest.mark.parametrize("name", REQUIRED)
def test_it_refuses_a_server_conf_without_a_line_that_safety_relies_on(name: str) -> None:
    kept = [line for line in SERVER_CONF.splitlines() if line.split()[0] != name]
    with pytest.raises(ConfigurationRefused, match=rf"must say: {name}"):
        read_server_conf("\n".join(kept))


def test_comments_blanks_and_other_directives_of_the_list_pass() -> None:
    read_server_conf(SERVER_CONF + "# for later\n; old\n\n \t\nmax-clients 1000\n\tmssfix 1300\n")


def test_a_refusal_repeats_no_content_but_a_directives_name() -> None:
    for line in ("secret\x1b[2J", "S3cret/word", "x" * 60):
        with pytest.raises(ConfigurationRefused) as refused:
            read_server_conf(SERVER_CONF + line + "\n")
        assert line[:6] not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("server 10.88.0.0 255.254.0.0 nopool", "private network"),
        ("keepalive 20 30", "at least twice"),
        ("server 10.88.0.1 255.255.0.0 nopool", "outside its netmask"),
        ("server 198.51.100.0 255.255.255.0 nopool", "private network"),
        ("server 10.88.0.0 255.255.255.252 nopool", "private network"),
    ],
)
def test_words_that_are_right_alone_are_refused_for_what_they_mean(line: str, why: str) -> None:
    name = line.split()[0]
    kept = [one for one in SERVER_CONF.splitlines() if one.split()[0] != name]
    with pytest.raises(ConfigurationRefused, match=why):
        read_server_conf("\n".join([*kept, line]))


def test_no_more_clients_than_the_underlay_has_addresses_for() -> None:
    small = SERVER_CONF.replace("10.88.0.0 255.255.0.0", "10.88.0.0 255.255.255.248")
    read_server_conf(small + "max-clients 5\n")
    with pytest.raises(ConfigurationRefused, match="more than the underlay has addresses"):
        read_server_conf(small + "max-clients 6\n")


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(ConfigurationRefused, match="more than 1000 lines"):
        read_server_conf(SERVER_CONF + "\n" * 1000)
    with pytest.raises(ConfigurationRefused, match="more than 64 routes"):
        read_server_conf(SERVER_CONF + 'push "route 10.20.0.0 255.255.255.0"\n' * 65)


def known_to_openvpn() -> set[str]:
    """What `openvpn --help` lists, of the OpenVPN that is installed here."""
    told = subprocess.run(["openvpn", "--help"], capture_output=True, text=True, timeout=10, check=False).stdout
    return set(re.findall(r"^--([a-z0-9-]+)", told, flags=re.MULTILINE))


@pytest.mark.live
def test_every_directive_that_openvpn_knows_has_its_values_on_the_list_or_is_refused() -> None:
    known = known_to_openvpn()
    assert len(known) > 200
    for name in known:
        others = [line for line in SERVER_CONF.splitlines() if line.split()[0] != name]
        for words in ("", "x", "none", "0", "/tmp/x", "1.0", "x x x x"):
            if name in DIRECTIVES and fits(tuple(words.split()), DIRECTIVES[name]):
                continue
            with pytest.raises(ConfigurationRefused, match=rf": {name} "):
                read_server_conf("\n".join([*others, f"{name} {words}"]))


@given(st.text())
def test_no_text_is_taken_for_a_server_conf_by_accident(text: str) -> None:
    with pytest.raises(ConfigurationRefused):
        read_server_conf(text)


@given(st.text(min_size=1, max_size=40), st.integers(0, SERVER_CONF.count("\n") - 1))
def test_whatever_is_put_into_a_good_one_it_is_refused_or_means_the_same(text: str, place: int) -> None:
    lines = SERVER_CONF.splitlines()
    lines[place] += text
    try:
        conf = read_server_conf("\n".join(lines))
    except ConfigurationRefused:
        return
    assert conf.user == "nobody"
    for line in "\n".join(lines).split("\n"):
        words = line.split()
        assert not words or words[0][0] in "#;" or words[0] == "push" or fits(tuple(words[1:]), DIRECTIVES[words[0]])


@given(server_confs())
def test_all_that_the_list_allows_is_taken_and_comes_back_from_the_disk(text: str) -> None:
    config = parse_config({**CONFIG, "server_conf": text})
    assert isinstance(config, GatewayConfig)
    assert parse_config(config_as_json(config)) == config
