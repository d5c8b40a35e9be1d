"""A portal of two hosts: one freezes, is cut off from its network, dies, while reports of stolen boxes come in.

`script/soak` makes it 50 reports each time. The box that is connected asks both hosts for its key, while its gateway
answers the questions at one of them.
"""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from lab.sensors import SensorBox
from lab.waiting import wait_until
from tests.support.at_once import at_once, results
from tests.support.fleet import new_csr
from tests.support.scene import Scene
from tests.support.servers import Servers
from tests.support.soaking import SOAKING, note, rounds
from tests.support.two_hosts import PersonAtBoth, PortalHost, TwoHosts, Wave

pytestmark = [
    pytest.mark.root,
    pytest.mark.xdist_group("laboratory"),
    pytest.mark.skipif(
        not os.environ.get("DATABASE_URL", "").startswith("postgresql:"), reason="two hosts share one PostgreSQL"
    ),
]

# Seconds from the first try to report to the case that says cut off, the slowest of a hundred. In the suite the machine
# is busy with other tests.
WITHIN = 5.0 if SOAKING else 10.0
# Between two reports, in seconds: fifty in half a minute, or ten in a second and a half.
PAUSE = 0.5 if SOAKING else 0.15
WALL = """
table inet gone {
  chain in { type filter hook input priority -300; drop; }
  chain out { type filter hook output priority -300; drop; }
}
"""


@dataclass
class Both:
    lab: TwoHosts
    scene: Scene
    person: PersonAtBoth
    box: SensorBox

    def key(self, host: PortalHost, *, seconds: int = 10) -> tuple[str, str]:
        """What the connected box is told by this host within so many seconds."""
        url = f"https://{host.address}:8443/v1/disk-key"
        return self.scene.key_answer(self.box, self.box.host.enter, seconds=seconds, url=url)

    def gets_its_key_from(self, host: PortalHost) -> bool:
        return bool(wait_until(lambda: self.key(host)[0] == "200", what="the box to get its key", timeout=20))

    def stolen(self, count: int) -> list[str]:
        """So many more boxes, of which every third has a certificate: a network may not enrol more in a minute."""
        made = [self.scene.register(self.lab.sensors["a1"]) for _ in range(count)]
        results(at_once([partial(self._enrol, box) for box in made[::3]], threads=8))
        return [box.facts.name for box in made]

    def _enrol(self, box: SensorBox) -> None:
        door = f"{self.lab.portal.settings.base_url}/api/v1/enrol"
        body = json.dumps({"code": box.facts.code, "csr": new_csr()}).encode()
        request = urllib.request.Request(door, body, {"Content-Type": "application/json"})  # noqa: S310  # loopback

        def is_signed() -> bool:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                    return bool(answer.status == 201)
            except urllib.error.HTTPError as error:
                # They all come from one network here, which may not try as often.
                if error.code != 429:
                    raise
                return False

        wait_until(is_signed, what="the signer to sign", timeout=120, interval=1)

    def lose(self, how: str, wave: Wave, happens: Callable[[], None]) -> None:
        wave.run(meanwhile=happens, after=max(1, len(wave.boxes) // 3))
        note(
            f"two hosts, {how}",
            f"{len(wave.boxes)} reports, {len(wave.took)} cut off; the slowest of a hundred {wave.p99():.1f} s, "
            f"median {sorted(wave.took.values())[len(wave.took) // 2]:.1f} s",
        )
        names = ", ".join(f"'{name}'" for name in wave.boxes)
        states = self.scene.rows(f"SELECT state, count(*) FROM sensors_sensor WHERE id IN ({names}) GROUP BY state")  # noqa: S608
        assert states == [("cut-off", len(wave.boxes))]
        cases = self.scene.rows(f"SELECT count(*) FROM sensors_case WHERE sensor_id IN ({names})")  # noqa: S608
        assert cases == [(len(wave.boxes),)]
        assert wave.p99() < WITHIN


@pytest.fixture(scope="module")
def both(live: None) -> Iterator[Both]:
    servers = Servers()
    try:
        with TwoHosts(
            database_url=servers.database_url,
            broker_url=servers.broker_url,
            people_port=8500 + os.getpid() % 400,
            machine_rate_factor=1000,
            keep_logs=__import__("pathlib").Path("/tmp/hostlogs"),
        ) as lab:
            lab.start()
            scene = Scene(lab, servers)
            yield Both(lab, scene, PersonAtBoth(scene.contact, lab.hosts), scene.new_box())
    finally:
        servers.close()


def wall_off(host: PortalHost) -> None:
    host.inside.run("nft", "-f", "-", given=WALL)


def test_an_answer_at_one_host_serves_a_request_that_waits_at_the_other(both: Both):
    """The agent's questions are put by one host; the box's request is held up at whichever it came to."""
    for host in both.lab.hosts:
        assert both.gets_its_key_from(host)


def test_one_session_is_good_at_both(both: Both):
    sensor = both.box.facts.name
    for number in range(2):
        assert both.person.sensor(sensor, first=number)["id"] == sensor


def test_one_host_freezes(both: Both):
    """Its kernel answers, and none of its programs; some of them in the middle of a transaction."""
    _, second = both.lab.hosts
    wave = Wave(both.person, PAUSE, both.stolen(rounds(suite=10, soak=50)))
    try:
        both.lose("one freezes", wave, lambda: second.signal(signal.SIGSTOP))
        assert both.gets_its_key_from(both.lab.hosts[0])
    finally:
        second.signal(signal.SIGCONT)
    assert both.gets_its_key_from(second)


def test_one_host_is_cut_off_from_the_machines_network(both: Both):
    """No packet comes back, not even a refusal. People still reach it: what they report there, the other tells."""
    first, second = both.lab.hosts
    wave = Wave(both.person, PAUSE, both.stolen(rounds(suite=10, soak=50)))
    try:
        both.lose("one is cut off from the network", wave, lambda: wall_off(first))
        assert both.gets_its_key_from(second)
    finally:
        first.inside.run("nft", "delete", "table", "inet", "gone")


def test_one_host_dies(both: Both):
    _, second = both.lab.hosts
    both.gets_its_key_from(second)
    wave = Wave(both.person, PAUSE, [*both.stolen(rounds(suite=9, soak=49)), both.box.facts.name])
    both.lose("one dies", wave, lambda: second.signal(signal.SIGKILL))
    status, body = both.key(both.lab.hosts[0], seconds=2)
    assert status in {"000", "403"}, body
    assert both.scene.open_locks(both.box) == []


def test_afterwards_every_audit_chain_verifies(both: Both):
    lines = both.lab.portal.manage("verify_audit").splitlines()
    assert all(line.endswith("unbroken") for line in lines)
