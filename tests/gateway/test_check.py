"""`check` beside a live agent: it disturbs nothing however often it is asked, and names what keeps packets away."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.locks.foreign_forwarding import read_drops
from gateway.locks.host_tools import ToolRefused
from gateway.openvpn.listening import Management, find_management
from tests.support.checkout import CHECKOUT
from tests.support.gateway.place import BASE, Place
from tests.support.waiting import wait_until

LISTED = "Num       RefCount Protocol Flags    Type St Inode Path\n"
PATH = Path("/var/lib/nsm-gateway/management.sock")
LISTENING = "0000000000000000: 00000002 00000000 00010000 0001 01 46345 "
SERVING = "0000000000000000: 00000003 00000000 00000000 0001 03 46378 "


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], Management.ABSENT),
        ([LISTENING], Management.ABSENT),
        ([LISTENING + "other.sock"], Management.ABSENT),
        ([LISTENING + "management.sock"], Management.IDLE),
        ([LISTENING + str(PATH), SERVING + "other.sock"], Management.IDLE),
        ([LISTENING + "management.sock", SERVING + "management.sock"], Management.SERVES),
    ],
)
def test_the_kernels_list_tells_who_listens_and_who_is_served(lines: list[str], found: Management) -> None:
    assert find_management(LISTED + "\n".join(lines), PATH) is found


def chain(table: str = "filter", **facts: object) -> dict[str, object]:
    whole = {"family": "ip", "table": table, "name": "FORWARD", "hook": "forward", "type": "filter", "policy": "accept"}
    return {"chain": {**whole, **facts}}


def rule(*expressions: dict[str, object], of: str = "FORWARD", table: str = "filter") -> dict[str, object]:
    return {"rule": {"family": "ip", "table": table, "chain": of, "expr": list(expressions)}}


def look_at(key: str) -> dict[str, object]:
    return {"match": {"op": "==", "left": {"meta": {"key": key}}, "right": "tun0"}}


def drops(*items: dict[str, object]) -> list[str]:
    return list(read_drops(json.dumps({"nftables": [{"metainfo": {}}, *items]}), "tun0"))


def test_a_foreign_chain_that_drops_by_policy_or_at_its_end_is_named_with_how_to_mend_it() -> None:
    [said] = drops(chain(policy="drop"))
    assert 'nft insert rule ip filter FORWARD iifname "tun0" accept' in said
    assert 'nft insert rule ip filter FORWARD oifname "tun0" accept' in said
    assert len(drops(chain(), rule({"counter": {}}, {"reject": {"type": "icmp"}}))) == 1
    accept: dict[str, object] = {"accept": None}
    [said] = drops(chain(policy="drop"), rule(look_at("iifname"), accept))
    assert "oifname" in said
    assert "iifname" not in said


def test_what_lets_the_tunnel_through_or_is_ours_or_not_of_forwarding_is_not_named() -> None:
    accept: dict[str, object] = {"accept": None}
    ours = chain(table="nsmaas", family="inet", policy="drop")
    assert drops(ours, chain(hook="input", policy="drop"), chain(family="ip6", policy="drop"), chain()) == []
    mended = (rule(look_at("iifname"), accept, of="DOCKER-USER"), rule(look_at("oifname"), {"counter": {}}, accept))
    assert drops(chain(policy="drop"), *mended) == []


def test_a_list_that_is_none_is_an_error() -> None:
    with pytest.raises(ToolRefused):
        list(read_drops("[]", "tun0"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """As a gateway in service: forwarding, senders checked, a base that knows the way back."""
    made = Place(tmp_path, sensors=1)
    try:
        made.start()
        made.gateway.start_openvpn()
        made.gateway.connect(*made.gateway.sensors)
        [sensor] = made.gateway.sensors
        wait_until(lambda: made.reaches(made.base, sensor.address), seconds=20, what="base reaches the sensor")
        # A packet gets through before the agent, on a busy machine, is at the management socket.
        made.gateway.portal.wait_for_report(lambda report: report["sessions"]["up"], seconds=20, what="it is served")
        made.network.run(made.gateway.host, "sysctl", "-q", "net.ipv4.conf.tun0.rp_filter=1")
        made.network.run(made.gateway.host, "ip", "route", "add", "10.21.0.0/16", "via", BASE)
        yield made
    finally:
        made.gateway.close()


ASKED = 150
ASK_OFTEN = f"""
import hashlib, sys
from pathlib import Path
from gateway.agent_directory import AgentDirectory
from gateway.check import check
for _ in range({ASKED}):
    said = []
    right = check(directory=AgentDirectory(Path(sys.argv[1])), say=said.append)
    print(right, said, flush=True)
"""


@pytest.mark.root
def test_asked_hundreds_of_times_beside_the_agent_it_says_the_same_and_raises_no_alarm(place: Place) -> None:
    gateway = place.gateway
    told = len(gateway.portal.reports)
    done = subprocess.run(
        ["ip", "netns", "exec", gateway.host, sys.executable, "-c", ASK_OFTEN, str(gateway.directory)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = done.stdout.splitlines()
    # In full and with its place, for the one who reads why they differ.
    print(*(f"{answers.index(one)}: {one}" for one in set(answers)), sep="\n")
    assert (len(answers), len(set(answers))) == (ASKED, 1)
    assert answers[0].startswith("True"), answers[0]
    assert [report["problems"] for report in gateway.portal.reports[told:] if report["problems"]] == []
    # Nor does anybody stand in OpenVPN's queue before the agent's next life.
    gateway.kill_agent()
    before = len(gateway.portal.reports)
    gateway.start_agent()
    gateway.portal.wait_for_report(
        lambda report: report["sessions"]["up"], seconds=5, what="it is served at once", after=before
    )


FAULTS = {
    "forwarding": (
        ("sysctl", "-q", "net.ipv4.ip_forward=0"),
        r"forwarding: off.* systemctl restart nsm-gateway-closed",
    ),
    "foreign drop": (
        (
            "nft",
            "add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }",
        ),
        r"ip filter FORWARD of somebody else drops .* nft insert rule ip filter FORWARD iifname",
    ),
    "senders": (
        ("sysctl", "-q", "net.ipv4.conf.all.rp_filter=2"),
        r"rp_filter: 2 .* net\.ipv4\.conf\.all\.rp_filter=0",
    ),
    "no way to base": (
        ("ip", "address", "flush", "dev", "eth1"),
        r"route: 10\.20\.0\.0/24 .* ip route add 10\.20\.0\.0/24",
    ),
    "a rule before ours": (("ip", "rule", "add", "pref", "5", "lookup", "main"), r"comes before ours: 5: .* above 19"),
    "marks": (("sysctl", "-q", "net.ipv4.conf.all.src_valid_mark=0"), r"marks do not count.*src_valid_mark=1"),
    "table": (("nft", "flush", "ruleset"), r"the table inet nsmaas is missing.* systemctl restart nsm-gateway-closed"),
    "rule": (("ip", "rule", "del", "pref", "10"), r"routing rule missing; mend it: ip -4 rule add pref 10"),
}


@pytest.mark.root
def test_it_names_each_fault_and_how_to_mend_it(place: Place) -> None:
    """One after the other on one host, each beside those before; without the agent, which would mend some itself."""
    place.gateway.kill_agent()
    said_before = place.gateway.run_agent("check").stdout
    for name, (command, expected) in FAULTS.items():
        assert not re.search(expected, said_before), name
        place.network.run(place.gateway.host, *command)
        done = place.gateway.run_agent("check")
        assert re.search(f"WRONG .*{expected}", done.stdout), f"{name}: {done.stdout}"
        assert done.returncode == 1
    assert "WRONG agent: nobody is at the management socket" in done.stdout


@pytest.mark.root
def test_it_says_in_words_what_is_wrong(place: Place) -> None:
    done = place.gateway.run_agent("check")
    assert (done.returncode, "WRONG" in done.stdout) == (0, False), done.stdout
    place.gateway.kill_agent()  # It would put right what is broken here.
    place.network.run(place.gateway.host, "nft", "flush", "ruleset")
    (place.gateway.directory / "gateway.key").chmod(0o644)
    done = place.gateway.run_agent("check")
    assert done.returncode == 1
    assert "WRONG firewall" in done.stdout
    assert "WRONG gateway.key" in done.stdout


@pytest.mark.root
def test_no_tunnel_starts_on_a_host_that_is_open(place: Place) -> None:
    """The command before OpenVPN's start, as its unit has it."""
    place.gateway.kill_agent()
    assert place.gateway.run_agent("close", "--look").returncode == 0
    for command in (
        ("nft", "flush", "ruleset"),
        ("ip", "rule", "del", "pref", "10"),
        ("ip", "rule", "del", "pref", "12"),
    ):
        place.network.run(place.gateway.host, *command)
        done = place.gateway.run_agent("close", "--look")
        assert (done.returncode, "missing" in done.stderr) == (1, True), done.stderr
        assert place.gateway.run_agent("close").returncode == 0
        assert place.gateway.run_agent("close", "--look").returncode == 0


@pytest.mark.root
def test_base_without_a_way_back_is_named(place: Place) -> None:
    """The door is at base here, which does not know the underlay."""
    gateway = place.gateway
    document = json.loads((gateway.directory / "gateway.json").read_text())
    (gateway.directory / "gateway.json").write_text(json.dumps({**document, "machines_door_url": "https://10.20.0.10"}))
    place.network.run(place.base, "ip", "route", "del", "default")
    done = gateway.run_agent("check")
    assert re.search(r"WRONG base: no answer from 10\.20\.0\.10 .* ip route add 10\.88\.0\.0/16 via", done.stdout), (
        done.stdout
    )
