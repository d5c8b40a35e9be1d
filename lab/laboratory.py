"""Everything together: one object that demonstrations and tests start, use and leave behind clean."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from lab import checks
from lab.abandoned_runs import clear_abandoned_runs
from lab.capabilities import has_program
from lab.doors_firewall import limit_connections
from lab.environments import PortalSettings, Secrets
from lab.fleet import Fleet
from lab.gateway import GatewayHost
from lab.namespaces import Namespace, Network
from lab.nginx import Instance, reserve_for_nginx, start_nginx
from lab.portal import CHECKOUT, Portal, free_port
from lab.processes import Processes
from lab.run_directory import RunDirectory
from lab.sensors import SensorBox
from lab.signals import signals_ignored, signals_wait
from lab.topology import BASE_INSIDE, BASE_PUBLIC, GATEWAYS, Topology, build_topology

# Machines call at the first; the firewall leads gateways to an nginx of their own at the second.
MACHINES_PORT, GATEWAYS_PORT = 8443, 8444
PEOPLE_PORT = 443


class Laboratory:
    """A portal and, with `network`, the namespaces in which gateway and sensors run. A context manager."""

    def __init__(
        self,
        *,
        network: bool = True,
        database_url: str | None = None,
        broker_url: str | None = None,
        people_port: int = 8000,
        keep_logs: Path | None = None,
        machine_rate_factor: int = 1,
        renewable_after_percent: int = 66,
        checkout: Path = CHECKOUT,
    ) -> None:
        """Choose the parts; nothing is started. Without URLs: SQLite and files in the run's directory."""
        self.with_network = network
        self._database_url = database_url
        self._broker_url = broker_url
        self._preferred_port = people_port
        self._keep_logs = keep_logs
        self._machine_rate_factor = machine_rate_factor
        self._renewable_after_percent = renewable_after_percent
        self._checkout = checkout
        self._stack = ExitStack()
        self.sensors: dict[str, SensorBox] = {}

    directory: RunDirectory
    processes: Processes
    portal: Portal
    topology: Topology
    gateway: GatewayHost
    fleet: Fleet

    def __enter__(self) -> Self:
        clear_abandoned_runs()
        with self._stack:
            with signals_wait():
                self.directory = RunDirectory()
                self._stack.callback(self.directory.remove)
            self._stack.callback(self._save_logs)
            if self.with_network:
                self._network = self._stack.enter_context(Network(self.directory.namespace_prefix))
            self._stack.callback(self._close_disks)
            self.processes = self._stack.enter_context(Processes(self.directory))
            self._prepare_portal()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        with signals_ignored():
            self._stack.close()

    def start(self) -> None:
        """Start everything up to a gateway that waits for sensors, which are prepared but not enrolled."""
        if self.with_network:
            self.build_network()
        self.start_portal()
        if self.with_network:
            self.start_gateway()
            self.prepare_sensors()

    def build_network(self) -> None:
        """Make the namespaces."""
        self.topology = build_topology(self._network)

    def start_portal(self) -> None:
        """Create the portal's data and start its processes and, if it can run, nginx."""
        self.portal.create()
        self.portal.start_people()
        self.portal.start_machines()
        self.portal.start_workers()
        with ThreadPoolExecutor() as pool:
            issued = pool.submit(
                self.portal.issue_door_certificate, names=self._door_names(), directory=self.certificates
            )
            self.fleet = self.portal.seed_demo()
            issued.result()
        self.portal.wait_for_doors()
        self._start_nginx()
        self.portal.wait_for_workers()

    def start_gateway(self) -> None:
        """Enrol the gateway and start its agent and OpenVPN."""
        self.gateway = GatewayHost(
            host=self.topology.gateway,
            directory=self.directory.subdirectory("gateway", mode=0o755),
            processes=self.processes,
            portal_url=f"https://{BASE_PUBLIC}",
            ca_file=self.certificates / "ca.crt",
            checkout=self._checkout,
        )
        self.gateway.enrol(self.fleet.gateway.code)
        self.gateway.start_agent()
        self.gateway.start_openvpn()

    def prepare_sensors(self) -> None:
        """Make each box of the laboratory one of the fleet's sensors."""
        for name, facts in self.fleet.sensors_by_box(self.topology.sensors).items():
            self.sensors[name] = SensorBox(
                name=name,
                facts=facts,
                host=self.topology.sensors[name],
                directory=self.directory.subdirectory(f"sensors/{name}", mode=0o700),
                processes=self.processes,
                portal_url=f"https://{BASE_PUBLIC}",
                ca_file=self.certificates / "ca.crt",
                checkout=self._checkout,
            )

    def host(self, name: str) -> Namespace:
        """Return a host by its name on the map: `net`, `gw`, `base`, `site-a`, `a1`, ..."""
        return self._network.hosts[name]

    def ping(self, host: str, address: str) -> bool:
        """Tell whether an address answers a ping from a host."""
        return checks.ping(self.host(host), address)

    def sensors_that_base_reaches(self) -> dict[str, bool]:
        """Ping each sensor's static address from base."""
        return checks.reached_from(self.topology.base, {name: box.address for name, box in self.sensors.items()})

    def sensors_that_meet(self) -> list[tuple[str, str]]:
        """Return the pairs of sensors of which one reaches the other's static address: there must be none."""
        return checks.pairs_that_meet(
            {name: box.host for name, box in self.sensors.items()},
            {name: box.address for name, box in self.sensors.items()},
        )

    def _prepare_portal(self) -> None:
        state = self.directory.subdirectory("state", mode=0o700)
        self.certificates = self.directory.subdirectory("door", mode=0o700)
        self.sockets = self.directory.subdirectory("sockets")
        port = free_port(self._preferred_port)
        self.machines_listen = f"{BASE_INSIDE}:{MACHINES_PORT}"
        if not self.with_network:
            self.machines_listen = f"127.0.0.1:{free_port(MACHINES_PORT)}"
        settings = PortalSettings(
            state=state,
            secrets=Secrets(self.directory.subdirectory("secrets", mode=0o700)),
            database_url=self._database_url or f"sqlite:///{state / 'portal.sqlite3'}",
            broker_url=self._broker_url or "filesystem://",
            base_url=f"http://127.0.0.1:{port}",
            machines_door_url=f"https://{self.machines_listen}",
            allowed_hosts=("127.0.0.1", "localhost", BASE_PUBLIC, BASE_INSIDE),
            machine_rate_factor=self._machine_rate_factor,
            renewable_after_percent=self._renewable_after_percent,
        )
        self.portal = Portal(
            processes=self.processes,
            settings=settings,
            sockets=self.sockets,
            people_port=port,
            checkout=self._checkout,
        )

    def _door_names(self) -> list[str]:
        return [BASE_PUBLIC, BASE_INSIDE] if self.with_network else ["127.0.0.1", "localhost"]

    def _start_nginx(self) -> None:
        if os.geteuid() == 0:
            for door in ("people", "machines"):
                reserve_for_nginx(self.sockets / door, door)
        if self.with_network:
            self._limit_connections()
            self._start_instance("people", "people", f"{BASE_PUBLIC}:{PEOPLE_PORT}")
            self._start_instance("sensors", "machines", self.machines_listen)
            self._start_instance("gateways", "machines", f"{BASE_INSIDE}:{GATEWAYS_PORT}")
        elif has_program("nginx"):
            self._start_instance("people", "people", f"127.0.0.1:{free_port(9443)}")
            self._start_instance("sensors", "machines", self.machines_listen)

    def _limit_connections(self) -> None:
        limit_connections(
            self.topology.base,
            directory=self.directory.subdirectory("firewall"),
            addresses={
                "people_port": str(PEOPLE_PORT),
                "machines_port": str(MACHINES_PORT),
                "gateways_port": str(GATEWAYS_PORT),
                "gateways": GATEWAYS,
            },
        )

    def _start_instance(self, name: str, door: str, listen: str) -> None:
        start_nginx(
            Instance(name, door, listen, self.certificates, self.sockets / door),
            processes=self.processes,
            directory=self.directory.subdirectory(f"nginx-{name}"),
            logs=self.directory.logs,
            host=self.topology.base if self.with_network else None,
        )

    def _close_disks(self) -> None:
        for box in self.sensors.values():
            box.close_disk()

    def _save_logs(self) -> None:
        if self._keep_logs is not None:
            shutil.copytree(self.directory.logs, self._keep_logs, dirs_exist_ok=True)
