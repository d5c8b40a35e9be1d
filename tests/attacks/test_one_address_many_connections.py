"""One address holds as many connections as it can at a door; whoever has business at either door is answered in time.

What is held: connections that say one byte, bodies that never end, answers that are hardly read.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders

from lab.topology import BASE_INSIDE, BASE_PUBLIC, ELSEWHERE, GATEWAY_INSIDE
from lab.waiting import wait_until
from tests.support.knocking import ONE_BYTE, SLOW_BODY, SLOW_READ, knocking
from tests.support.rogue_gateway import files_of_a_rogue
from tests.support.scene import Scene
from tests.support.soaking import SOAKING, note, rounds

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("laboratory")]

PEOPLE, MACHINES = (BASE_PUBLIC, "443"), (BASE_INSIDE, "8443")
MANY = "9000"  # more than nginx had room for in two workers
HUNDREDS = MANY if SOAKING else "300"  # of those that shake hands first
IN_TIME = 2.0  # seconds
TIMES = rounds(suite=5, soak=60)
ROGUE = "10.20.0.2"  # where another gateway stands
Asked = dict[Callable[[Scene], str], str]  # and what is to be answered


@pytest.fixture(scope="module", autouse=True)
def _rogue(scene: Scene) -> Iterator[None]:
    scene.lab.host("gw").ip(f"addr add {ROGUE}/24 dev eth1")
    yield
    scene.lab.host("gw").ip(f"addr del {ROGUE}/24 dev eth1")


def certificate_of(folder: Path, name: str) -> tuple[str, str]:
    return str(folder / f"{name}.crt"), str(folder / f"{name}.key")


def largest_static_file() -> str:
    found = [(storage.size(path), path) for finder in get_finders() for path, storage in finder.list([])]
    return f"/static/{max(found)[1]}"


def status_of(scene: Scene, host: str, url: str, *options: str) -> str:
    command = ["curl", "-sk", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", *options, url]
    return subprocess.run(scene.lab.host(host).enter(command), capture_output=True, text=True, check=False).stdout


def page(scene: Scene) -> str:
    """Somebody at site B opens the sign-in page: the answer's status."""
    return status_of(scene, "site-b", f"https://{PEOPLE[0]}/accounts/login/")


def key(scene: Scene) -> str:
    """A box asks for its disk key through its own tunnel."""
    box = scene.lab.sensors["b1"]
    return scene.key_answer(box, box.host.enter)[0]


def news(scene: Scene) -> str:
    """The gateway asks for its news, as its agent does from the same address."""
    certificate, private = certificate_of(scene.lab.gateway.directory, "gateway")
    options = ("--interface", GATEWAY_INSIDE, "--cert", certificate, "--key", private)
    return status_of(scene, "gw", f"https://{':'.join(MACHINES)}/v1/gateway/state?since=0&wait=0", *options)


def refusal(scene: Scene) -> str:
    """A box of another gateway asks, as it were: from base, by no way that the rogue has a part in."""
    return scene.key_reason_from_base(scene.lab.sensors["b1"])


ALL: Asked = {page: "200", key: "200", news: "200"}


def held(scene: Scene, port: str, address: str) -> int:
    """Connections that base has with an address."""
    command = ("ss", "-H", "-t", "-n", "state", "established", f"sport = :{port} and dst {address}")
    return len(scene.lab.host("base").run(*command).splitlines())


def assert_served(scene: Scene, what: str, asked: Asked = ALL) -> None:
    slowest: dict[str, float] = {}
    for _ in range(TIMES):
        for ask, expected in asked.items():
            began = time.monotonic()
            assert (ask.__name__, ask(scene)) == (ask.__name__, expected), what
            slowest[ask.__name__] = max(slowest.get(ask.__name__, 0), time.monotonic() - began)
    note(what, ", ".join(f"{name} {seconds:.2f} s" for name, seconds in slowest.items()))
    assert max(slowest.values()) < IN_TIME, slowest


@pytest.fixture(autouse=True)
def served_before(scene: Scene) -> None:
    wait_until(
        lambda: all(ask(scene) == expected for ask, expected in ALL.items()),
        what="both doors to answer before the attack",
        timeout=60,
        interval=1,
    )


def test_9000_one_byte_connections_from_one_address_do_not_close_the_peoples_door(scene: Scene):
    with knocking(scene.lab.host("elsewhere"), ONE_BYTE, *PEOPLE, MANY) as said:
        assert_served(scene, f"one byte, people's door, {said}")
        assert 0 < held(scene, "443", ELSEWHERE) <= 256


def test_9000_one_byte_connections_from_one_box_do_not_close_the_machines_door(scene: Scene):
    with knocking(scene.lab.sensors["a2"].host, ONE_BYTE, *MACHINES, MANY) as said:
        assert_served(scene, f"one byte, a box at the machines' door, {said}")
        assert 0 < held(scene, "8443", scene.lab.sensors["a2"].address) <= 32


def test_9000_one_byte_connections_from_one_gateway_do_not_close_the_machines_door(scene: Scene):
    with knocking(scene.lab.host("gw"), ONE_BYTE, *MACHINES, MANY, ROGUE) as said:
        assert_served(scene, f"one byte, a gateway at the machines' door, {said}")
        assert 0 < held(scene, "8444", ROGUE) <= 256


def test_a_gateway_that_speaks_from_600_of_its_underlays_addresses_fills_nothing_for_others(scene: Scene):
    gateway = scene.lab.host("gw")
    gateway.ip("route add local 10.88.128.0/17 dev lo")
    addresses = [f"10.88.{128 + number // 200}.{number % 200 + 1}" for number in range(600)]
    try:
        with knocking(gateway, ONE_BYTE, *MACHINES, MANY, *addresses) as said:
            asked: Asked = {page: "200", news: "200", refusal: "not-through-own-tunnel"}
            assert_served(scene, f"one byte, all addresses of a gateway, {said}", asked)
    finally:
        gateway.ip("route del local 10.88.128.0/17 dev lo")


def test_bodies_that_never_end_from_one_address_do_not_close_the_peoples_door(scene: Scene):
    with knocking(scene.lab.host("elsewhere"), SLOW_BODY, *PEOPLE, HUNDREDS, "/accounts/login/", "") as said:
        assert_served(scene, f"slow bodies, people's door, {said}")
        assert 0 < held(scene, "443", ELSEWHERE) <= 256


def test_bodies_that_never_end_from_one_box_do_not_close_the_machines_door(scene: Scene):
    certificate = certificate_of(scene.lab.sensors["a2"].directory, "client")
    attack = (SLOW_BODY, *MACHINES, HUNDREDS, "/v1/heartbeat", "", *certificate)
    with knocking(scene.lab.sensors["a2"].host, *attack) as said:
        assert_served(scene, f"slow bodies, a box at the machines' door, {said}")
        assert 0 < held(scene, "8443", scene.lab.sensors["a2"].address) <= 32


def test_bodies_that_never_end_from_one_gateway_do_not_close_the_machines_door(scene: Scene):
    certificate = certificate_of(files_of_a_rogue(scene), "gateway")
    attack = (SLOW_BODY, *MACHINES, HUNDREDS, "/v1/gateway/observed", ROGUE, *certificate)
    with knocking(scene.lab.host("gw"), *attack) as said:
        assert_served(scene, f"slow bodies, a gateway at the machines' door, {said}")


def test_answers_that_are_hardly_read_by_one_address_do_not_close_the_peoples_door(scene: Scene):
    """The largest file there is: what does not fit into nginx's buffers would hold a thread of the portal."""
    with knocking(scene.lab.host("elsewhere"), SLOW_READ, *PEOPLE, HUNDREDS, largest_static_file(), "") as said:
        assert_served(scene, f"slow readers, people's door, {said}")
