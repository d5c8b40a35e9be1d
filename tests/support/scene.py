"""The real laboratory with a box to steal, over and over: a new one each time, while three others stay connected."""

import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.types.string import TextLoader

from lab.checks import reached_from
from lab.fleet import SensorToEnrol
from lab.laboratory import Laboratory
from lab.portal import CHECKOUT, accepts
from lab.process import Process
from lab.sensors import SensorBox
from lab.visitor import Visitor
from lab.waiting import wait_until
from tests.support.servers import Servers

OTHERS = ("a2", "b1", "b2")
# Which secrets a process of the portal is started with.
KINDS = dict.fromkeys(("machines-sensors", "machines-gateways", "machines-reports"), "machines")
KEY_URL = "https://10.20.0.10:8443/v1/disk-key"


class Person(Visitor):
    """Somebody who speaks JSON with the people's door."""

    def send(self, path: str, **fields: Any) -> Any:
        """Raises urllib.error.HTTPError, or another OSError when nobody answers."""
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": self.cookie("csrftoken"),
            "Referer": self.base_url,
        }
        body = json.dumps(fields).encode()
        request = urllib.request.Request(self.base_url + path, body, headers)  # noqa: S310  # http on loopback
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())


@dataclass
class Asker:
    """A box that asks for its key without a pause, by curl through its own tunnel: (began, status) of each request."""

    scene: "Scene"
    box: SensorBox
    asked: list[tuple[float, str]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self.asked.append((began, self.scene.key_answer(self.box, self.box.host.enter, seconds=3)[0]))

    def stop(self) -> None:
        self._stop.set()

    def wait_until_given(self) -> None:
        wait_until(lambda: any(status == "200" for _, status in self.asked), what="the box to get its key", timeout=30)

    def given_after(self, moment: float) -> list[float]:
        return [began - moment for began, status in self.asked if began > moment and status == "200"]


class Scene:
    """`servers` is None with the embedded default: SQLite and a broker of files."""

    def __init__(self, lab: Laboratory, servers: Servers | None) -> None:
        self.lab, self.servers = lab, servers
        self._numbers = itertools.count(1)
        self.staff, self.contact = self.person("olga@"), self.person("anna@")
        # In its place one after the other, and which of them a case speaks of.
        self.boxes: list[SensorBox] = []
        self.reported: list[SensorBox] = []

    def person(self, start: str) -> Person:
        login = next(login for login in self.lab.fleet.logins if login.email.startswith(start))
        person = Person(self.lab.portal.settings.base_url)
        person.sign_in(login.email, login.password)
        return person

    # Boxes.

    def new_box(self) -> SensorBox:
        """Registered, enrolled and connected, in the place of the one before, which is unplugged."""
        place = self.lab.sensors["a1"]
        if self.boxes:
            self.boxes[-1].disconnect()
        box = self.register(place)
        box.enrol()
        box.connect()
        box.wait_until_connected()
        self.boxes.append(box)
        return box

    def register(self, place: SensorBox) -> SensorBox:
        number = next(self._numbers)
        site = next(one for one in self.staff.json("/api/v1/sites/")["results"] if one["name"] == place.facts.site)
        made = self.staff.send("/api/v1/sensors/", site=site["id"], gateway="gateway-1", name=f"box-{number}")
        code = self.staff.send(f"/api/v1/sensors/{made['id']}/enrolment-code/")["code"]
        facts = SensorToEnrol(
            name=made["id"],
            customer=place.facts.customer,
            site=place.facts.site,
            subject=made["subject"],
            address=made["address"],
            code=code,
        )
        return SensorBox(
            name=f"box-{number}",
            facts=facts,
            host=place.host,
            directory=self.lab.directory.subdirectory(f"sensors/box-{number}", mode=0o700),
            processes=self.lab.processes,
            portal_url=place._portal_url,
            ca_file=place._ca_file,
        )

    def key_answer(self, box: SensorBox, enter: Any, *, seconds: int = 10, url: str = KEY_URL) -> tuple[str, str]:
        """Status ("000" for none) and body of the box's request for its key, made from where `enter` leads."""
        command = ["curl", "-s", "-m", str(seconds), "-X", "POST", "-w", "\n%{http_code}", url]
        for option, file in (("--cert", "client.crt"), ("--key", "client.key"), ("--cacert", "ca.crt")):
            command += [option, str(box.directory / file)]
        done = subprocess.run(enter(command), capture_output=True, check=False, timeout=30)
        body, _, status = done.stdout.decode(errors="replace").rpartition("\n")
        return status, body

    def key_reason_from_base(self, box: SensorBox) -> str:
        """What its certificate is told from base, where no tunnel is needed."""
        _, body = self.key_answer(box, self.lab.host("base").enter)
        return str(json.loads(body)["reason"])

    @contextmanager
    def asking(self, box: SensorBox) -> Iterator[Asker]:
        asker = Asker(self, box)
        thread = threading.Thread(target=asker.run)
        thread.start()
        try:
            yield asker
        finally:
            asker.stop()
            thread.join()

    # A report, by a person who does not give up.

    def report(self, box: SensorBox) -> tuple[str, float]:
        """The case's id, and when (monotonic) the answer had come. Sent again until it does, as a person would."""

        def answered() -> str:
            try:
                return str(self.contact.send(f"/api/v1/sensors/{box.facts.name}/report-loss/", kind="stolen")["id"])
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    raise
                return ""
            except OSError:
                return ""

        case = wait_until(answered, what="the report's answer", timeout=60, interval=0.1)
        self.reported.append(box)
        return case, time.monotonic()

    def case(self, key: str) -> dict[str, Any]:
        return dict(self.contact.json(f"/api/v1/cases/{key}/"))

    def wait_until_confirmed(self, key: str, *, seconds: float = 60) -> dict[str, Any]:
        def confirmed() -> dict[str, Any] | None:
            try:
                case = self.case(key)
            except OSError:
                return None
            return case if case["confirmed_at"] else None

        return wait_until(confirmed, what="the case to say cut off", timeout=seconds, interval=0.1)

    # Processes.

    def kill(self, name: str) -> None:
        """SIGKILL to a program and its children, which then is started again as systemd would."""
        if name in {"postgres", "redis"}:
            assert self.servers is not None
            self.servers.kill(name)
            self.servers.start(name)
        elif name == "openvpn":
            assert self.lab.gateway.openvpn is not None
            os.kill(self.lab.gateway.openvpn.pid, signal.SIGKILL)
        elif name == "agent":
            assert self.lab.gateway.agent is not None
            self._kill(self.lab.gateway.agent)
            self.lab.gateway.start_agent()
        else:
            self._restart(name)

    def _restart(self, name: str) -> None:
        self._start(name, self._stop(name))

    def _stop(self, name: str) -> list[str]:
        """The command with which it runs."""
        process = self.lab.portal.running[name]
        command = Path(f"/proc/{process.pid}/cmdline").read_text().split("\0")[:-1]
        self._kill(process)
        return command

    def _start(self, name: str, command: list[str]) -> None:
        portal = self.lab.portal
        environment = portal.settings.environment_of(KINDS.get(name, name))
        portal.running[name] = self.lab.processes.start(name, command, environment=environment, cwd=CHECKOUT)

    @contextmanager
    def portal_down(self) -> Iterator[None]:
        """All its processes killed, both doors, signer, worker and beat; started again at the end."""
        commands = {name: self._stop(name) for name in list(self.lab.portal.running)}
        try:
            yield
        finally:
            for name, command in commands.items():
                self._start(name, command)
            self.wait_until_all_is_up()

    def _kill(self, process: Process) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        self.lab.processes.end(process)

    def wait_until_all_is_up(self) -> None:
        """Both doors answer, and the agent has a say: the next round starts from health."""
        for name in ("people", *KINDS):
            wait_until(partial(accepts, self.lab.portal.socket_of(name)), what=f"{name} to answer", timeout=30)

    # What is seen on the gateway and in the database, from outside.

    def open_locks(self, box: SensorBox, *, ping: bool = True) -> list[str]:
        """Which of the gateway's four locks are open; none when it is cut off."""
        folder, serial = self.lab.gateway.directory, serial_of(box)
        listed = self.lab.host("gw").run("nft", "list", "set", "inet", "nsmaas", "sensors")
        return [
            lock
            for lock, is_open in (
                ("serial", not (folder / "crl" / serial).exists()),
                ("client-config", (folder / "ccd" / box.subject).exists()),
                ("firewall", re.search(rf"\b{re.escape(box.address)}\b", listed) is not None),
                ("session", ping and self.lab.ping("base", box.address)),
            )
            if is_open
        ]

    def copy_database(self) -> Path:
        """While the portal is down."""
        if self.servers is not None:
            return self.servers.copy_database()
        copy = self.lab.directory.subdirectory("backup", mode=0o700)
        for file in self._database_files():
            shutil.copy2(file, copy)
        return copy

    def put_database_back(self, copy: Path) -> None:
        """While the portal is down."""
        if self.servers is not None:
            self.servers.put_database_back(copy)
            return
        for file in self._database_files():
            file.unlink()
        for file in copy.iterdir():
            shutil.copy2(file, self.lab.portal.settings.state)

    def _database_files(self) -> list[Path]:
        return sorted(self.lab.portal.settings.state.glob("portal.sqlite3*"))

    def starts_of_others(self) -> list[int]:
        """How often each of the other boxes has begun a session."""
        logs = [self.lab.sensors[name].openvpn for name in OTHERS]
        return [one.log.read_text().count("Initialization Sequence Completed") for one in logs if one is not None]

    def silent_others(self) -> dict[str, str]:
        """Who of the others does not answer from base, each with what a reader of the failure will want to know."""
        addresses = {name: self.lab.sensors[name].address for name in OTHERS}
        answers = reached_from(self.lab.host("base"), addresses, seconds=5)
        return {name: self._line_of(name) for name, answered in answers.items() if not answered}

    def _line_of(self, name: str) -> str:
        box, gateway = self.lab.sensors[name], self.lab.host("gw")
        let_in = box.address in gateway.run("nft", "list", "set", "inet", "nsmaas", "sensors")
        log = box.openvpn.log.read_text().splitlines()[-5:] if box.openvpn else ["no OpenVPN runs"]
        return f"{box.address}, {'in' if let_in else 'not in'} the firewall's set; its log ends with {log}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Asked past the portal."""
        if self.servers is None:
            with sqlite3.connect(urlsplit(self.lab.portal.settings.database_url).path, timeout=20) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.servers.database_url) as connection:
            # An address is a text, as Django has it and as it is on SQLite.
            connection.adapters.register_loader("inet", TextLoader)
            return connection.execute(sql.encode()).fetchall()


def serial_of(box: SensorBox) -> str:
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-serial", "-in", str(box.directory / "client.crt")],
        capture_output=True,
        text=True,
        check=True,
    )
    return str(int(shown.stdout.split("=")[1], 16))


@contextmanager
def open_scene() -> Iterator[Scene]:
    """On the run's kind of database, but servers of its own: these tests kill them."""
    with_servers = os.environ.get("DATABASE_URL", "").startswith("postgresql:")
    servers = Servers() if with_servers else None
    try:
        urls = (servers.database_url, servers.broker_url) if servers else (None, None)
        with Laboratory(
            database_url=urls[0],
            broker_url=urls[1],
            people_port=8500 + os.getpid() % 400,
            # Here boxes ask without a pause, so that races are met.
            machine_rate_factor=1000,
        ) as lab:
            lab.start()
            for name in OTHERS:
                lab.sensors[name].enrol()
                lab.sensors[name].connect()
            for name in OTHERS:
                lab.sensors[name].wait_until_connected()
            yield Scene(lab, servers)
    finally:
        if servers is not None:
            servers.close()


@pytest.fixture(scope="package")
def scene(live: None) -> Iterator[Scene]:
    """One laboratory for all tests of a folder: each leaves it whole, and with one stolen box more."""
    with open_scene() as made:
        yield made
