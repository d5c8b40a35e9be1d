"""A portal of two hosts on one PostgreSQL and one Redis, and a gateway whose agent knows both by one name."""

import itertools
import json
import math
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.doors_firewall import limit_connections
from lab.laboratory import GATEWAYS_PORT, MACHINES_PORT, PEOPLE_PORT, Laboratory
from lab.namespaces import Namespace
from lab.nginx import Instance, reserve_for_nginx, start_nginx
from lab.portal import Portal, free_port
from lab.process import Process
from lab.processes import Processes
from lab.run_directory import RunDirectory
from lab.topology import BASE_INSIDE, GATEWAY_INSIDE, GATEWAYS, UNDERLAY
from tests.support.scene import Person

NAME = "machines.portal.test"
SECOND_INSIDE = "10.20.0.11"


@dataclass(frozen=True)
class NamedHosts(Namespace):
    """A host of the laboratory with a hosts file of its own: `hosts` lies over /etc/hosts for what runs in it."""

    hosts: Path

    def enter(self, command: Sequence[str]) -> list[str]:
        over = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(self.hosts)]
        return super().enter([*over, *command])


@dataclass
class PortalHost:
    """One of the two, all its processes and what stands in front of them."""

    address: str
    portal: Portal
    inside: Namespace
    nginx: list[Process] = field(default_factory=list)

    def signal(self, number: signal.Signals) -> None:
        """To each of its programs and their children."""
        for process in (*self.portal.running.values(), *self.nginx):
            os.killpg(process.pid, number)


class TwoHosts(Laboratory):
    """The laboratory's own portal is the first host; the second has processes, sockets and an address of its own."""

    def _prepare_portal(self) -> None:
        super()._prepare_portal()
        settings = self.portal.settings
        self.portal.settings = replace(
            settings,
            machines_door_url=f"https://{NAME}:{MACHINES_PORT}",
            allowed_hosts=(*settings.allowed_hosts, NAME, SECOND_INSIDE),
        )

    def _door_names(self) -> list[str]:
        return [*super()._door_names(), NAME, SECOND_INSIDE]

    def build_network(self) -> None:
        super().build_network()
        second = self._network.add_host("base2")
        self._network.join(self.topology.gateway, "eth2", second, "eth1")
        self.topology.gateway.ip(f"route add {SECOND_INSIDE}/32 dev eth2 src {GATEWAY_INSIDE}")
        second.ip(f"addr add {SECOND_INSIDE}/24 dev eth1", f"route add {UNDERLAY} via {GATEWAY_INSIDE}")
        self._second_inside = second
        hosts = self.directory.subdirectory("names") / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{BASE_INSIDE} {NAME}\n{SECOND_INSIDE} {NAME}\n")
        self.topology.gateway = NamedHosts(self.topology.gateway.name, hosts)
        for name, host in self.topology.sensors.items():
            self.topology.sensors[name] = NamedHosts(host.name, hosts)

    def start_portal(self) -> None:
        super().start_portal()
        nginx = [one for name in ("people", "sensors", "gateways") for one in self.processes.named(f"nginx-{name}")]
        self.hosts = [PortalHost(BASE_INSIDE, self.portal, self.topology.base, nginx), self._start_second()]

    def _start_second(self) -> PortalHost:
        directory = RunDirectory()
        self._stack.callback(directory.remove)
        import shutil

        self._stack.callback(lambda: shutil.copytree(directory.logs, "/tmp/hostlogs2", dirs_exist_ok=True))
        processes = self._stack.enter_context(Processes(directory))
        portal = Portal(
            processes=processes,
            settings=replace(self.portal.settings, state=directory.subdirectory("state", mode=0o700)),
            sockets=directory.subdirectory("sockets"),
            people_port=free_port(self.portal.people_port + 1),
        )
        portal.start_people()
        portal.start_machines()
        portal.start_workers()
        portal.wait_for_doors()
        host = PortalHost(SECOND_INSIDE, portal, self._second_inside)
        reserve_for_nginx(portal.sockets / "machines", "machines")
        limit_connections(
            host.inside,
            directory=directory.subdirectory("firewall"),
            addresses={
                "people_port": str(PEOPLE_PORT),
                "machines_port": str(MACHINES_PORT),
                "gateways_port": str(GATEWAYS_PORT),
                "gateways": GATEWAYS,
            },
        )
        for name, port in (("sensors", MACHINES_PORT), ("gateways", GATEWAYS_PORT)):
            instance = Instance(
                name, "machines", f"{SECOND_INSIDE}:{port}", self.certificates, portal.sockets / "machines"
            )
            folder = directory.subdirectory(f"nginx-{name}")
            host.nginx.append(
                start_nginx(instance, processes=processes, directory=folder, logs=directory.logs, host=host.inside)
            )
        portal.wait_for_workers()
        return host


class PersonAtBoth:
    """Somebody whose browser goes to the other host when one gives no answer, in one session of both."""

    PATIENCE = 2.0  # seconds

    def __init__(self, person: Person, hosts: Sequence[PortalHost]) -> None:
        self._person = person
        self._doors = [f"http://127.0.0.1:{host.portal.people_port}" for host in hosts]

    def report(self, sensor: str, *, first: int) -> str:
        """The case's id. Sent again, to one host after the other, until there is an answer."""
        return str(self._in_turn(f"/api/v1/sensors/{sensor}/report-loss/", first, kind="stolen")["id"])

    def case(self, key: str, *, first: int) -> dict[str, Any]:
        return dict(self._in_turn(f"/api/v1/cases/{key}/", first))

    def sensor(self, name: str, *, first: int) -> dict[str, Any]:
        return dict(self._in_turn(f"/api/v1/sensors/{name}/", first))

    def _in_turn(self, path: str, first: int, **fields: str) -> Any:
        deadline, doors = time.monotonic() + 60, itertools.cycle(self._doors)
        for _ in range(first % len(self._doors)):
            next(doors)
        while True:
            try:
                return self._ask(next(doors), path, fields)
            except urllib.error.HTTPError as error:
                if error.code < 500 or time.monotonic() > deadline:
                    raise
            except OSError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _ask(self, door: str, path: str, fields: dict[str, str]) -> Any:
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": self._person.cookie("csrftoken"),
            "Referer": door,
        }
        body = json.dumps(fields).encode() if fields else None
        request = urllib.request.Request(door + path, body, headers)  # noqa: S310  # http on loopback
        with self._person._opener.open(request, timeout=self.PATIENCE) as answer:
            return json.loads(answer.read())


@dataclass
class Wave:
    """Reports of stolen boxes that come in one after the other, at both hosts in turn, whatever becomes of them."""

    person: PersonAtBoth
    pause: float  # seconds between the beginnings of two reports
    boxes: Sequence[str]
    # Of each box the seconds from the first try to report it to the case that says cut off.
    took: dict[str, float] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)

    def run(self, *, meanwhile: Callable[[], None], after: int) -> None:
        """`meanwhile` happens when so many reports have been begun. Ends when all are cut off, or raises."""
        with ThreadPoolExecutor(len(self.boxes)) as pool:
            begun = []
            for number, box in enumerate(self.boxes):
                if number == after:
                    meanwhile()
                begun.append(pool.submit(self._report, box, number))
                time.sleep(self.pause)
            for one in begun:
                one.result()

    def _report(self, box: str, number: int) -> None:
        began = time.monotonic()
        self.cases[box] = case = self.person.report(box, first=number)
        while self.person.case(case, first=number)["confirmed_at"] is None:
            if time.monotonic() > began + 60:
                raise AssertionError(f"{box} is not cut off a minute after it was reported")
            time.sleep(0.2)
        self.took[box] = time.monotonic() - began

    def p99(self) -> float:
        ordered = sorted(self.took.values())
        return ordered[max(0, math.ceil(len(ordered) * 0.99) - 1)]
