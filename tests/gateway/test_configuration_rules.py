"""A portal in the wrong hands must not get further than its own table and its own OpenVPN."""

import pytest

from gateway.configuration_rules import ConfigurationRefusedError, check_firewall, read_server_conf
from tests.gateway.configurations import FIREWALL, SERVER_CONF


def test_it_reads_what_the_agent_needs_of_a_good_server_conf() -> None:
    conf = read_server_conf(SERVER_CONF)
    assert (str(conf.network), str(conf.own_address)) == ("10.88.0.0/16", "10.88.0.1")
    assert (conf.user, conf.group, conf.management_for_root_only) == ("nobody", "nogroup", True)


@pytest.mark.parametrize(
    "line",
    [
        "up /bin/sh",
        "--up /bin/sh",
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
        "setenv LD_PRELOAD /tmp/x.so",
        "crl-verify crl.pem",
        "client-config-dir /tmp",
        "verb 3\rup /bin/sh",
        "verb 3\x0bup /bin/sh",
        "# " + "x" * 254 + "up /bin/sh",
    ],
)
def test_it_refuses_what_starts_programs_or_opens_a_lock(line: str) -> None:
    with pytest.raises(ConfigurationRefusedError):
        read_server_conf(SERVER_CONF + line + "\n")


@pytest.mark.parametrize(
    "line",
    [
        "ca ca.crt",
        "tls-crypt-v2 tls-crypt-v2-server.key",
        "client-config-dir ccd",
        "ccd-exclusive",
        "crl-verify crl dir",
        "management management.sock unix",
        "fast-io",
        "server 10.88.0.0 255.255.0.0 nopool",
    ],
)
def test_it_refuses_a_server_conf_without_a_line_that_a_cut_off_relies_on(line: str) -> None:
    with pytest.raises(ConfigurationRefusedError):
        read_server_conf(SERVER_CONF.replace(line + "\n", ""))


def test_comments_and_other_harmless_directives_pass() -> None:
    read_server_conf(SERVER_CONF + "# für später\n; alt\n\nmax-clients 1000\n\tmssfix 1300\n")


def test_a_good_firewall_passes() -> None:
    check_firewall(FIREWALL)
    check_firewall("table inet nsmaas\ndelete table inet nsmaas\n" + FIREWALL + "# table ip filter\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flush ruleset\n" + FIREWALL,
        'include "/etc/passwd"\n' + FIREWALL,
        FIREWALL + "table ip nat { }\n",
        FIREWALL + "table inet nsmaas2 { }\n",
        FIREWALL + "table nsmaas { }\n",
        FIREWALL + "delete table inet filter\n",
        FIREWALL + "add rule ip filter INPUT accept\n",
        FIREWALL + "add rule inet nsmaas input accept; add rule ip filter INPUT accept\n",
        FIREWALL + "flush chain inet filter input\n",
        FIREWALL + "\x00",
    ],
)
def test_a_firewall_that_touches_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationRefusedError):
        check_firewall(text)
