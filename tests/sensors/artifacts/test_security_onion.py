import re
import shlex
import subprocess
from ipaddress import IPv6Network
from pathlib import Path

import pytest

from sensors.artifacts.rendering import UnsafeValue
from sensors.artifacts.security_onion import firewall_lines, setup_worksheet, sosetup_conf
from sensors.lines import Line
from tests.support.sensors.artifact_facts import sensor_facts, setup_facts

SALT_LINES = [Line.SECURITY_ONION_3, Line.SECURITY_ONION_2_4]

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
        "SNIFFING_INTERFACES": "enp2s0f1 eth0.100",
        "HOME_NET": "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
        "SGUIL_CLIENT_PASSWORD_1": "",
    }
    assert {key: values[key] for key in wanted} == wanted


def test_home_net_has_no_spaces():
    (line,) = [line for line in settings() if line.startswith("HOME_NET")]
    assert " " not in line


def worksheet(line: Line) -> str:
    cards = ("enp2s0f1", "eth0.100")
    return setup_worksheet(setup_facts(line=line, sniffing_interfaces=cards))


def in_order(text: str, parts: list[str]) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


@pytest.mark.parametrize("line", SALT_LINES)
def test_the_worksheet_has_the_answers_in_the_order_of_the_questions(line: Line):
    text = worksheet(line)
    questions = [
        "Kind of installation", "New or existing", "Node type", "Host name", "Description", "NIC for management",
        "Manager's host name", "Manager's IP address", "NICs for the monitor interface", "Summary",
    ]  # fmt: skip
    assert in_order(text, [f"  {question} ..." for question in questions])
    for answer in ("tun0", "Manager-1", "10.20.0.10", "enp2s0f1 eth0.100", "so-firewall includehost sensor 10.88.0.5"):
        assert answer in text
    assert "    10.0.0.0/8\n    172.16.0.0/12\n    192.168.0.0/16\n" in text
    assert line.label in text


def test_the_present_line_has_one_port_more():
    assert "443, 4505, 4506, 5000, 5044, 5055, 5432, 5644, 8086, 8220, 8443" in worksheet(Line.SECURITY_ONION_3)
    assert "443, 4505, 4506, 5000, 5044, 5055, 5644, 8086, 8220, 8443" in worksheet(Line.SECURITY_ONION_2_4)


@pytest.mark.parametrize("line", list(Line))
def test_the_tunnel_comes_first_then_the_empty_mount_point_then_the_disk_then_the_setup(line: Line):
    text = worksheet(line)
    steps = ["systemctl start nsm-tunnel", "chattr +i /nsm", "systemctl start nsm-unlock", "2. The setup"]
    assert in_order(text, [*steps, "What the setup wipes", "After the setup", "When this sensor is cut off"])


@pytest.mark.parametrize("line", SALT_LINES)
def test_it_tells_of_drop_ins_and_of_the_label(line: Line):
    text = worksheet(line)
    for needed in ("Requisite=nsm.mount", "After=nsm.mount", "systemctl cat docker salt-minion", "restorecon -RF /nsm"):
        assert needed in text


def test_the_kit_has_the_drop_ins_of_which_the_worksheet_tells():
    for service in ("docker", "salt-minion"):
        text = Path(f"sensor-kit/systemd/{service}.service.d/nsm.conf").read_text(encoding="utf-8")
        assert "\nRequisite=nsm.mount\nAfter=nsm.mount\n" in text


# Each job of securityonion-nsmnow-admin-scripts, the last of the packages of 16.04.
CRON = """# comment
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin

4,9,14,19,24,29,34,39,44,49,54,59 *   * * * root  /usr/sbin/so-nsm-watchdog >> /var/log/nsm/watchdog.log 2>&1
* *\t* * * root /usr/sbin/nsm_sensor_clean -y >> /var/log/nsm/sensor-clean.log 2>&1
00 12    * * * root /usr/sbin/nsm_sensor_ps-restart --only-sancp-agent >/dev/null
0-59/5 * * * * root /usr/sbin/so-zeek-cron >> /var/log/nsm/so-zeek-cron.log 2>&1
* * * * * root /usr/sbin/so-netsniff-ng-cron > /dev/null 2>&1
"""


@pytest.mark.live
def test_the_classic_lines_cron_jobs_wait_for_the_mount_and_it_may_be_said_twice(tmp_path: Path):
    text = worksheet(Line.CLASSIC)
    loop = text[text.index("    cd /etc/cron.d") : text.index("    done\n") + len("    done\n")]
    for job in ("nsm-watchdog", "sensor-newday"):
        (tmp_path / job).write_text(CRON, encoding="utf-8")
    for _ in range(2):
        subprocess.run(["sh", "-euc", loop.replace("/etc/cron.d", shlex.quote(str(tmp_path)))], check=True, timeout=20)
    for job in ("nsm-watchdog", "sensor-newday"):
        after = (tmp_path / job).read_text(encoding="utf-8")
        assert after.replace("mountpoint -q /nsm && ", "") == CRON
        assert after.count("mountpoint -q /nsm && /usr/sbin/") == CRON.count("root ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nsm-watchdog", "sensor-newday"]


def test_the_classic_lines_service_waits_for_the_mount():
    assert r"printf '[Unit]\nRequisite=nsm.mount\nAfter=nsm.mount\n'" in worksheet(Line.CLASSIC)


@pytest.mark.parametrize("line", SALT_LINES)
@pytest.mark.parametrize("name", ["bond0", "br0", "wlan1", "veth1"])
def test_what_the_setup_does_not_offer_is_refused(line: Line, name: str):
    with pytest.raises(UnsafeValue, match=f"does not offer {name}"):
        setup_facts(line=line, sniffing_interfaces=("enp2s0f1", name))
    setup_facts(line=Line.CLASSIC, sniffing_interfaces=("enp2s0f1", name))


def test_the_classic_line_takes_no_ipv6_and_the_others_do():
    six = (IPv6Network("2001:db8::/32"),)
    with pytest.raises(UnsafeValue, match="2001:db8::/32"):
        setup_facts(home_networks=six)
    for line in SALT_LINES:
        assert "    2001:db8::/32\n" in setup_worksheet(
            setup_facts(line=line, home_networks=six, sniffing_interfaces=("em2",))
        )


def test_the_answer_file_is_for_the_classic_line_alone():
    with pytest.raises(UnsafeValue, match=r"so-worksheet\.txt"):
        sosetup_conf(setup_facts(line=Line.SECURITY_ONION_3, sniffing_interfaces=("em2",)))


def test_no_password_stands_in_any():
    for text in (*map(worksheet, Line), sosetup_conf(setup_facts())):
        assert not re.search(r"(?i)password[^\n]*[:=]\s*'?\w", text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line.CLASSIC, "ufw allow proto tcp from 10.88.0.5 to any port 22,4505,4506,7736\n"),
        (Line.SECURITY_ONION_2_4, "so-firewall includehost sensor 10.88.0.5 --apply\n"),
        (Line.SECURITY_ONION_3, "so-firewall includehost sensor 10.88.0.5 --apply\n"),
    ],
)
def test_what_to_type_at_base_fits_the_line(line: Line, expected: str):
    assert firewall_lines(sensor_facts(), line) == expected
