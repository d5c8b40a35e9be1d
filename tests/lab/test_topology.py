import subprocess

import pytest

from lab.checks import pairs_that_meet, ping
from lab.namespaces import DIRECTORY, Network
from lab.processes import Processes
from lab.run_directory import RunDirectory, process_started_at
from lab.topology import BASE_PUBLIC, GATEWAY_PUBLIC, SENSORS, SITES, build_topology
from lab.waiting import wait_until

pytestmark = pytest.mark.root

LISTEN = """
import socket
server = socket.create_server(("", 7000))
print("up", flush=True)
print(server.accept()[1][0])
"""


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def what_the_root_namespace_holds() -> tuple[set[str], str]:
    # Namespace numbers and counters of the links change by themselves: the names are what matters.
    names = {line.split(": ")[1] for line in output_of("ip", "-oneline", "link").splitlines()}
    return names, output_of("nft", "list", "tables")


@pytest.fixture
def prefix(directory: RunDirectory) -> str:
    return directory.namespace_prefix


@pytest.fixture
def topology(prefix):
    with Network(prefix) as network:
        yield build_topology(network)


def source_seen_at_base(topology, sensor: str) -> str:
    """Where base sees a sensor's packets come from."""
    listener = subprocess.Popen(
        topology.base.enter(
            [
                "python3",
                "-c",
                LISTEN,
            ]
        ),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert listener.stdout is not None
    assert listener.stdout.readline() == "up\n"
    topology.sensors[sensor].run(
        "python3", "-c", f"import socket; socket.create_connection(('{BASE_PUBLIC}', 7000), 5)"
    )
    return listener.communicate(timeout=10)[0].strip()


def test_every_sensor_reaches_the_internet_behind_its_sites_address(topology):
    for sensor, (site, _) in SENSORS.items():
        assert ping(topology.sensors[sensor], GATEWAY_PUBLIC, seconds=3)
        assert source_seen_at_base(topology, sensor) == SITES[site]


def test_nobody_reaches_into_a_site_from_outside(topology):
    topology.base.ip("route add 192.168.10.0/24 via 198.51.100.21")

    assert not ping(topology.base, SENSORS["a1"][1])


def test_pairs_that_meet_are_found(topology):
    hosts = {name: topology.sensors[name] for name in ("a1", "a2", "b1")}
    addresses = {"a1": "192.168.10.11", "a2": "192.168.10.12", "b1": "192.168.99.99"}

    met = pairs_that_meet(hosts, addresses)

    assert ("a1", "a2") in met
    assert ("a1", "b1") not in met


def test_the_root_namespace_stays_as_it_is(prefix):
    before = what_the_root_namespace_holds()

    with Network(prefix) as network:
        build_topology(network)
        during = what_the_root_namespace_holds()

    assert before == during == what_the_root_namespace_holds()


def test_a_failure_half_way_leaves_nothing(prefix):
    def fail_half_way() -> None:
        with Network(prefix) as network:
            network.add_host("one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert list(DIRECTORY.glob(f"{prefix}*")) == []


def test_destroying_ends_what_still_runs_inside(directory, prefix):
    with Network(prefix) as network, Processes(directory) as processes:
        host = network.add_host("one")
        process = processes.start("inside", host.enter(["sleep", "60"]))
        inside = process.pid
        network.__exit__()

        wait_until(lambda: not process.is_running(), what="what ran inside to end", timeout=10)

    wait_until(lambda: process_started_at(inside) is None, what="it to be gone", timeout=10)


def test_destroying_ends_what_is_still_on_its_way_in(directory, prefix):
    """nsenter opens the door first and goes in a moment later: who is between the two must not get away."""
    with Network(prefix) as network, Processes(directory) as processes:
        door = DIRECTORY / network.add_host("one").name
        process = processes.start("between", ["sh", "-c", f"exec 9<{door} && echo open && exec sleep 60"])
        wait_until(lambda: "open" in process.log.read_text(), what="the door to be open", timeout=10)
        network.__exit__()

        wait_until(lambda: not process.is_running(), what="what was on its way in to end", timeout=10)
