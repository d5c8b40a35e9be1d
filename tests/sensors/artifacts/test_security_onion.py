import re
import shlex

import pytest

from sensors.artifacts.security_onion import firewall_lines, setup_worksheet, sosetup_conf
from tests.support.sensors.artifact_facts import setup_facts

# The keys of a forwarding sensor, in the order in which sosetup's own example has them.
KEYS = [
    "MGMT_INTERFACE",
    "MGMT_CONFIG_TYPE",
    "ADDRESS",
    "NETMASK",
    "GATEWAY",
    "NAMESERVER",
    "DOMAIN",
    "SNIFFING_INTERFACES",
    "SERVER",
    "SERVERNAME",
    "SSH_USERNAME",
    "SGUIL_SERVER_NAME",
    "SGUIL_CLIENT_USERNAME",
    "SGUIL_CLIENT_PASSWORD_1",
    "ELASTIC",
    "LOG_SIZE_LIMIT",
    "LOGSTASH_OUTPUT_REDIS",
    "LOGSTASH_INPUT_REDIS",
    "FORWARD",
    "OSSEC_AGENT_ENABLED",
    "OSSEC_AGENT_LEVEL",
    "SALT",
    "SENSOR",
    "BRO_ENABLED",
    "IDS_ENGINE_ENABLED",
    "SNORT_AGENT_ENABLED",
    "BARNYARD2_ENABLED",
    "PCAP_ENABLED",
    "PCAP_AGENT_ENABLED",
    "PRADS_ENABLED",
    "SANCP_AGENT_ENABLED",
    "PADS_AGENT_ENABLED",
    "HTTP_AGENT_ENABLED",
    "ARGUS_ENABLED",
    "IDS_RULESET",
    "OINKCODE",
    "PF_RING_SLOTS",
    "IDS_ENGINE",
    "IDS_LB_PROCS",
    "HOME_NET",
    "BRO_LB_PROCS",
    "EXTRACT_FILES",
    "PCAP_SIZE",
    "PCAP_RING_SIZE",
    "PCAP_OPTIONS",
    "WARN_DISK_USAGE",
    "CRIT_DISK_USAGE",
    "DAYSTOKEEP",
    "DAYSTOREPAIR",
]


def settings() -> list[str]:
    return [line for line in sosetup_conf(setup_facts()).splitlines() if line and not line.startswith("#")]


def test_sosetup_has_every_key_once_and_in_order():
    assert [line.split("=")[0] for line in settings()] == KEYS


def test_every_value_is_quoted_and_read_back_by_a_shell_as_it_is():
    for line in settings():
        assert re.fullmatch(r"[A-Z0-9_]+='[^']*'", line), line
        assert shlex.split(line) == [line.replace("'", "")]


def test_the_sensor_is_no_server_and_manages_over_the_tunnel():
    values = dict(line.replace("'", "").split("=", 1) for line in settings())
    wanted = {
        "SERVER": "0",
        "SENSOR": "1",
        "MGMT_INTERFACE": "tun0",
        "ADDRESS": "10.88.0.5",
        "NETMASK": "255.255.0.0",
        "GATEWAY": "10.88.0.1",
        "SERVERNAME": "10.20.0.10",
        "SNIFFING_INTERFACES": "eth1",
        "HOME_NET": "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
        "SGUIL_CLIENT_PASSWORD_1": "",
    }
    assert {key: values[key] for key in wanted} == wanted


def test_home_net_has_no_spaces():
    (line,) = [line for line in settings() if line.startswith("HOME_NET")]
    assert " " not in line


def test_the_worksheet_has_the_answers_in_the_order_of_the_questions():
    text = setup_worksheet(setup_facts())
    order = ["Installation type", "Node type", "Host name", "Management interface", "Address", "Manager's address"]
    places = [text.index(question) for question in [*order, "Monitor interface", "Home networks"]]
    assert places == sorted(places)
    assert "10.88.0.5, static" in text
    assert "443, 4505, 4506, 5000, 5044, 5055, 5644, 8086, 8220, 8443" in text
    assert "so-firewall includehost sensor 10.88.0.5 --apply" in text


def test_no_password_stands_in_either():
    for text in (setup_worksheet(setup_facts()), sosetup_conf(setup_facts())):
        assert not re.search(r"(?i)password[^\n]*[:=]\s*'?\w", text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("classic", "ufw allow proto tcp from 10.88.0.5 to any port 22,4505,4506,7736\n"),
        ("2.4", "so-firewall includehost sensor 10.88.0.5 --apply\n"),
    ],
)
def test_what_to_type_at_base_fits_the_line(line: str, expected: str):
    assert firewall_lines(setup_facts(), line) == expected
