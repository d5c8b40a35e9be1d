"""A copy of a box's files, in another network, brings up the box's tunnel and asks for the disk key at once.

Certificate, private key and tunnel key are the right ones. For some hundred milliseconds the portal still remembers the
real box's session, whose public address is where it should be.
"""

import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest

from lab.gateway import GatewayHost
from lab.sensors import SensorBox
from lab.topology import ELSEWHERE, ROUTER_INSIDE, SITES
from lab.waiting import wait_until
from tests.support.other_gateway import claiming, enrol_other_gateway
from tests.support.scene import Scene
from tests.support.soaking import note, rounds

pytestmark = pytest.mark.root
# Long enough that a key which is given late, or again after an answer of "wait", is seen.
ASKS_FOR = 1.2  # seconds
PUBLIC = SITES["site-a"]


@pytest.fixture(scope="module")
def box(scene: Scene) -> SensorBox:
    return scene.new_box()


@pytest.fixture(scope="module")
def copy(scene: Scene, box: SensorBox) -> SensorBox:
    """All files of the box, on a host behind another public address."""
    network, routers = scene.lab.topology.network, scene.lab.topology.routers
    host = network.add_host("thief")
    network.plug(host, "eth0", routers["elsewhere"], bridge="br0", port="thief")
    host.ip("addr add 192.168.10.66/24 dev eth0", f"route add default via {ROUTER_INSIDE}")
    directory = scene.lab.directory.subdirectory("sensors/copy", mode=0o700)
    shutil.copytree(box.directory, directory / "etc")
    return SensorBox(
        name="copy",
        facts=box.facts,
        host=host,
        directory=directory,
        processes=scene.lab.processes,
        portal_url=box._portal_url,
        ca_file=box._ca_file,
    )


@pytest.fixture(scope="module")
def other_gateway(scene: Scene) -> GatewayHost:
    return enrol_other_gateway(scene)


@contextmanager
def stopped_now_and_then(pid: int, *, still: float, goes: float) -> Iterator[None]:
    """A process that gets on by fits and starts."""
    ending = threading.Event()

    def take_turns() -> None:
        while not ending.is_set():
            os.kill(pid, signal.SIGSTOP)
            ending.wait(still)
            os.kill(pid, signal.SIGCONT)
            ending.wait(goes)

    thread = threading.Thread(target=take_turns)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def a_slow_gateway(scene: Scene) -> AbstractContextManager[None]:
    agent = scene.lab.gateway.agent
    assert agent is not None
    # What was started in the namespace is the agent itself: `ip netns exec` becomes it.
    return stopped_now_and_then(agent.pid, still=0.5, goes=0.15)


def late_reports(scene: Scene) -> AbstractContextManager[None]:
    """What the gateway reports is taken in late, and one after the other, while its answers come at once."""
    master = scene.lab.portal.running["machines-reports"].pid
    [worker, *_] = map(int, _children(master))
    return stopped_now_and_then(worker, still=1.0, goes=0.2)


def _children(pid: int) -> list[str]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()


def nothing_else(_scene: Scene) -> AbstractContextManager[None]:
    return nullcontext()


def is_known_at_base(scene: Scene, box: SensorBox) -> bool:
    """Whether the portal believes the box to be where it belongs."""
    sql = "SELECT subject, public_address FROM sensors_session JOIN sensors_sensor ON sensors_sensor.id = sensor_id"
    return (box.subject, PUBLIC) in scene.rows(f"{sql} WHERE ended_at IS NULL")


def race(
    scene: Scene,
    box: SensorBox,
    copy: SensorBox,
    beside: Callable[[Scene], AbstractContextManager[None]],
    *,
    box_goes: bool,
) -> Counter[str]:
    """What the copy was told from the moment its tunnel was up."""
    if box.openvpn is None:
        box.connect()
    box.wait_until_connected()
    wait_until(lambda: is_known_at_base(scene, box), what="base to know of the box", timeout=40)
    with beside(scene):
        return ask_as_copy(scene, box, copy, box_goes=box_goes)


def ask_as_copy(scene: Scene, box: SensorBox, copy: SensorBox, *, box_goes: bool) -> Counter[str]:
    told: Counter[str] = Counter()
    if box_goes:
        box.disconnect()
    copy.connect()
    try:
        wait_until(copy.is_connected, what="the copy's tunnel", timeout=30, interval=0.005)
        ends = time.monotonic() + ASKS_FOR
        while time.monotonic() < ends:
            told[scene.key_answer(copy, copy.host.enter, seconds=3)[0]] += 1
    finally:
        copy.disconnect()
        box.disconnect()
    return told


@pytest.mark.parametrize("box_goes", [False, True], ids=["the box is up", "the box has just gone"])
@pytest.mark.parametrize("beside", [nothing_else, a_slow_gateway, late_reports])
def test_it_gets_no_key_and_no_row_names_an_address_that_its_tunnel_had_not(
    scene: Scene,
    box: SensorBox,
    copy: SensorBox,
    beside: Callable[[Scene], AbstractContextManager[None]],
    *,
    box_goes: bool,
):
    count, told = rounds(suite=3, soak=34), Counter[str]()
    before = last_release(scene)
    for _ in range(count):
        told += race(scene, box, copy, beside, box_goes=box_goes)
    note("copies that race", f"{beside.__name__}, {box_goes=}: {count} copies were told {dict(told)}")
    assert told.total() >= count
    assert set(told) <= {"423", "000"}, told
    rows = scene.rows("SELECT id, public_address FROM sensors_diskkeyrelease")
    assert {address for number, address in rows if number > before} <= {None, ELSEWHERE}


@pytest.mark.parametrize("box_goes", [False, True], ids=["the box is up", "the box has just gone"])
def test_nor_when_another_gateways_word_crosses_that_of_its_own(
    scene: Scene, box: SensorBox, copy: SensorBox, other_gateway: GatewayHost, *, box_goes: bool
):
    """A gateway that was taken over says that it has the box, at the address where the box belongs."""
    count, told = rounds(suite=3, soak=34), Counter[str]()
    before = last_release(scene)
    for _ in range(count):
        with claiming(scene, other_gateway, box.subject, box.facts.address) as heard:
            told += race(scene, box, copy, nothing_else, box_goes=box_goes)
    note("copies that race", f"beside another gateway, {box_goes=}: {count} copies were told {dict(told)}")
    # It was heard, and not only turned away.
    assert {"report 204", "answer 200"} <= set(heard), heard
    assert told.total() >= count
    assert set(told) <= {"423", "000"}, told
    rows = scene.rows("SELECT id, public_address FROM sensors_diskkeyrelease")
    assert {address for number, address in rows if number > before} <= {None, ELSEWHERE}


def last_release(scene: Scene) -> int:
    [(last,)] = scene.rows("SELECT coalesce(max(id), 0) FROM sensors_diskkeyrelease")
    return int(last)


def test_the_box_itself_gets_its_key_from_where_it_belongs(scene: Scene, box: SensorBox):
    """Once the copy has been gone for long enough that it is no second place any more, or somebody has looked."""
    box.connect()
    box.wait_until_connected()

    def decided() -> tuple[str, str] | None:
        answer = scene.key_answer(box, box.host.enter)
        return answer if answer[0] == "200" or "two-places" in answer[1] else None

    status, _ = wait_until(decided, what="a decision about the box itself", timeout=30, interval=0.5)
    if status == "423":
        scene.staff.send(f"/api/v1/sensors/{box.facts.name}/permit-key/", public_address=PUBLIC)
        wait_until(lambda: scene.key_answer(box, box.host.enter)[0] == "200", what="its key", timeout=30, interval=0.5)
