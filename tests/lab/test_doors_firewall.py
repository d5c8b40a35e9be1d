"""The nftables file of the doors, with the kernel's real counting, between base and somebody outside."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.doors_firewall import RULES, limit_connections
from lab.namespaces import Network
from lab.waiting import wait_until
from tests.support.knocking import ONE_BYTE, knocking

pytestmark = pytest.mark.root

BASE, OUTSIDE, OTHER, GATEWAY = "192.0.2.10", "192.0.2.1", "192.0.2.2", "192.0.2.3"
BASE_6, OUTSIDE_6 = "fd00::10", "fd00::1"  # and outside all of 2001:db8::/32
ADDRESSES = {"people_port": "443", "machines_port": "8443", "gateways_port": "8444", "gateways": f"{{ {GATEWAY} }}"}
WITH_CHALLENGES = ADDRESSES | {"challenge_port": "80"}

# Takes every connection at the ports, says at which one it came in, and keeps it until it ends.
LISTEN = """
import resource, selectors, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (9000, 9000))
select = selectors.DefaultSelector()
for port in (80, 443, 8443, 8444):
    one = socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096)
    select.register(one, selectors.EVENT_READ, port)
print("listening", flush=True)
while True:
    for key, _ in select.select():
        if key.data:
            one = key.fileobj.accept()[0]
            one.send(b"%d" % key.data)
            select.register(one, selectors.EVENT_READ)
            continue
        try: going_on = key.fileobj.recv(9)
        except OSError: going_on = b""
        if not going_on:
            select.unregister(key.fileobj)
            key.fileobj.close()
"""

ASK = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 2, (sys.argv[3], 0)) as one: print(one.recv(9).decode())
"""


class Ground:
    """Base, and one host outside that has all other addresses."""

    def __init__(self, network: Network, directory: Path) -> None:
        self.base, self.outside, self._directory = network.add_host("base"), network.add_host("out"), directory
        network.join(self.base, "eth0", self.outside, "eth0")
        self.base.ip(f"addr add {BASE}/24 dev eth0", f"addr add {BASE_6}/64 dev eth0 nodad")
        self.base.ip(f"route add 2001:db8::/32 via {OUTSIDE_6}")
        self.outside.ip(*(f"addr add {address}/24 dev eth0" for address in (OUTSIDE, OTHER, GATEWAY)))
        self.outside.ip(f"addr add {OUTSIDE_6}/64 dev eth0 nodad", "route add local 2001:db8::/32 dev lo")
        self.outside.set_kernel_option("net/ipv6/ip_nonlocal_bind", "1")

    def limit(self, addresses: Mapping[str, str] = WITH_CHALLENGES) -> None:
        limit_connections(self.base, directory=self._directory, addresses=addresses)

    def held(self, port: int) -> int:
        """Connections that base has at a port, however they came there."""
        command = ["ss", "-H", "-t", "-n", "state", "established", f"sport = :{port}"]
        return len(self.base.run(*command).splitlines())

    def turned_away(self, why: str = "too_many") -> int:
        listed = self.base.run("nft", "list", "counters", "table", "inet", "nsmaas_portal")
        return sum(map(int, re.findall(rf"_{why} {{\s+packets (\d+)", listed)))

    def answer(self, port: int, *, source: str = OTHER, base: str = BASE) -> str:
        """What is said to a new connection; nothing if there is none within two seconds."""
        command = self.outside.enter(["python3", "-c", ASK, base, str(port), source])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    @contextmanager
    def holding(self, port: int, most: int, *sources: str, base: str = BASE) -> Iterator[None]:
        """More than `most` are asked for, and so many there are."""
        with knocking(self.outside, ONE_BYTE, base, str(port), str(most + 150), *sources):
            wait_until(lambda: self.held(port) >= most, what=f"{most} connections at port {port}", timeout=30)
            wait_until(lambda: self.turned_away() > 0, what="somebody to be turned away", timeout=30)
            yield
            assert self.held(port) == most


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with Network("nsm-firewall-") as network:
        made = Ground(network, tmp_path)
        with knocking(made.base, LISTEN) as said:
            assert said == "listening"
            yield made


@pytest.mark.parametrize(("port", "most"), [(80, 16), (443, 256), (8443, 32)])
def test_one_address_holds_so_many_and_another_comes_in(ground: Ground, port: int, most: int):
    ground.limit()
    with ground.holding(port, most, OUTSIDE):
        assert ground.answer(port) == str(port)
        assert ground.answer(port, source=OUTSIDE) == ""


def test_where_no_acme_server_comes_port_80_is_somebody_elses_and_not_counted(ground: Ground):
    ground.limit(ADDRESSES)
    with knocking(ground.outside, ONE_BYTE, BASE, "80", "200", OUTSIDE):
        wait_until(lambda: ground.held(80) == 200, what="all of them at port 80", timeout=20)
    assert ground.turned_away() == 0


def test_what_was_held_makes_room_when_it_ends(ground: Ground):
    ground.limit()
    with ground.holding(443, 256, OUTSIDE):
        assert ground.answer(443, source=OUTSIDE) == ""
    wait_until(lambda: ground.answer(443, source=OUTSIDE) == "443", what="room again", timeout=20)


def test_an_ipv6_network_of_64_bits_is_one_address(ground: Ground):
    ground.limit()
    with ground.holding(443, 256, *(f"2001:db8:7:1::{number:x}" for number in range(1, 400)), base=BASE_6):
        assert ground.answer(443, source="2001:db8:7:1::ffff", base=BASE_6) == ""
        assert ground.answer(443, source="2001:db8:7:2::1", base=BASE_6) == "443"


def test_one_of_48_bits_holds_four_times_as_many_in_all_its_networks(ground: Ground):
    ground.limit()
    with ground.holding(443, 1024, *(f"2001:db8:7:{number:x}::1" for number in range(1, 1200)), base=BASE_6):
        assert ground.answer(443, source="2001:db8:7:ffff::1", base=BASE_6) == ""
        assert ground.answer(443, source="2001:db8:8:1::1", base=BASE_6) == "443"


def test_who_opens_too_fast_is_put_off(ground: Ground):
    ground.limit()
    with knocking(ground.outside, ONE_BYTE, BASE, "443", "900", OUTSIDE):
        wait_until(lambda: ground.turned_away("too_fast") > 0, what="somebody to be put off", timeout=20)
        assert ground.answer(443) == "443"


def test_gateways_have_a_port_of_their_own_to_which_nobody_else_comes(ground: Ground):
    ground.limit()
    assert ground.answer(8443, source=GATEWAY) == "8444"
    assert ground.answer(8443, source=OTHER) == "8443"
    assert ground.answer(8444, source=OTHER) == ""
    assert ground.answer(8444, source=GATEWAY) == ""


def test_base_itself_is_not_counted(ground: Ground):
    ground.limit()
    with knocking(ground.base, ONE_BYTE, BASE, "443", "400") as said:
        assert said == "holding 400"


def test_applied_again_it_forgets_nothing_and_repeats_no_rule(ground: Ground):
    ground.limit()
    rules = ground.base.run("nft", "--stateless", "list", "chain", "inet", "nsmaas_portal", "people")
    with ground.holding(443, 256, OUTSIDE):
        ground.limit()
        assert ground.answer(443, source=OUTSIDE) == ""
    assert ground.base.run("nft", "--stateless", "list", "chain", "inet", "nsmaas_portal", "people") == rules


ANOTHER = """
table inet another {
  chain arriving {
    type filter hook input priority filter;
    tcp dport 443 drop
  }
}
"""


def test_other_tables_and_what_they_refuse_stay_as_they_are(ground: Ground):
    ground.base.run("nft", "-f", "-", given=ANOTHER)
    ground.limit()
    assert "tcp dport 443 drop" in ground.base.run("nft", "list", "table", "inet", "another")
    assert ground.answer(443) == ""


# A client that holds a connection from before the table was there is told to begin again, and is counted then.
BEFORE = """
import socket, sys
one = socket.create_connection((sys.argv[1], 443), 5)
one.recv(9)
print("connected", flush=True)
sys.stdin.readline()
one.send(b"x")
try: print(one.recv(9) or "ended", flush=True)
except ConnectionResetError: print("begin again", flush=True)
"""


def test_a_connection_that_nobody_counted_has_to_begin_again(ground: Ground):
    command = ground.outside.enter(["python3", "-c", BEFORE, BASE])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "connected"
        ground.limit()
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "begin again"


def test_the_head_of_the_file_names_all_that_it_asks_for():
    head, _, rest = RULES.read_text().partition('include "doors-addresses.nft"')
    assert [name for name in WITH_CHALLENGES if f"define {name} =" not in head or f"${name}" not in rest] == []
    assert set(re.findall(r"\$(\w+)", rest)) == set(WITH_CHALLENGES)
