"""A customer's box: sensor kit, OpenVPN and an encrypted disk, in a namespace behind the site's router."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LaboratoryBroken
from lab.fleet import SensorToEnrol
from lab.namespaces import Namespace
from lab.portal import CHECKOUT
from lab.processes import MINIMAL_ENVIRONMENT, Processes, Supervisor
from lab.waiting import wait_until

DISK_BYTES = 32 * 1024 * 1024
# The kit's exit codes that mean "ask again".
HELD, UNREACHABLE = 11, 12


@dataclass(frozen=True)
class KitAnswer:
    """How a command of the sensor kit ended."""

    status: int
    output: str


class SensorBox:
    """One sensor."""

    def __init__(
        self,
        *,
        name: str,
        facts: SensorToEnrol,
        host: Namespace,
        directory: Path,
        processes: Processes,
        portal_url: str,
        ca_file: Path,
        checkout: Path = CHECKOUT,
    ) -> None:
        """Prepare a box that keeps its files and its disk in `directory`."""
        self.name = name
        self.facts = facts
        self.host = host
        self.directory = directory / "etc"
        self.disk = directory / "disk"
        # Names below /dev/mapper belong to the whole machine.
        self.mapper = host.name
        self._processes = processes
        self._portal_url = portal_url
        self._ca_file = ca_file
        self._program = checkout / "sensor-kit" / "nsm-sensor"
        self.openvpn: Supervisor | None = None

    @property
    def address(self) -> str:
        """The box's static address on the underlay."""
        return self.facts.address

    @property
    def subject(self) -> str:
        """The box's name in certificates."""
        return self.facts.subject

    def kit(self, *arguments: str, given: str = "", timeout: float = 120) -> KitAnswer:
        """Run a command of the sensor kit on the box."""
        done = subprocess.run(
            self.host.enter([str(self._program), "--directory", str(self.directory), *arguments]),
            env=MINIMAL_ENVIRONMENT,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        return KitAnswer(done.returncode, done.stdout.strip())

    def enrol(self, *, code: str | None = None, again: bool = False) -> None:
        """Turn the one-time code into certificate and tunnel configuration; `again`: in place of those it has."""
        answer = self.kit(*self._enrol(again=again), given=f"{code or self.facts.code}\n")
        self._expect_done(answer, "enrol")

    def command_to_enrol_again(self) -> str:
        """For a person's shell; it reads the new one-time code from the terminal."""
        kit = [str(self._program), "--directory", str(self.directory), *self._enrol(again=True)]
        return shlex.join(self.host.enter(kit))

    def connect(self) -> None:
        """Start OpenVPN, which from then on keeps trying."""
        command = self.host.enter(["openvpn", "--cd", str(self.directory), "--config", "client.conf"])
        self.openvpn = self._processes.supervise(
            lambda: self._processes.start(f"{self.name}-openvpn", command, cwd=self.directory)
        )

    def wait_until_connected(self, *, timeout: float = 30) -> None:
        """Wait until the tunnel's device has the box's static address."""
        wait_until(self.is_connected, what=f"{self.name} to get {self.address} on its tunnel", timeout=timeout)

    def is_connected(self) -> bool:
        """Tell whether the tunnel's device has the box's static address."""
        command = ["ip", "-n", self.host.name, "-4", "-oneline", "address", "show", "dev", "tun0"]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        return f"inet {self.address}/" in shown.stdout

    def disconnect(self) -> None:
        """End OpenVPN, as pulling the plug would."""
        if self.openvpn is not None:
            self.openvpn.end()
            self.openvpn = None

    def format_disk(self, *, timeout: float = 60) -> str:
        """Encrypt the box's empty disk, and return what the kit said."""
        if not self.disk.exists():
            with self.disk.open("wb") as file:
                file.truncate(DISK_BYTES)
        arguments = ("format-disk", "--device", str(self.disk), "--mapper", self.mapper)

        # Until the gateway has reported the session, base does not know the box's public address and holds
        # the key.
        def formatted() -> KitAnswer | None:
            answer = self.kit(*arguments)
            return None if answer.status in (HELD, UNREACHABLE) else answer

        answer = wait_until(formatted, what=f"base to give {self.name} its disk key", timeout=timeout, interval=0.3)
        return self._expect_done(answer, "format-disk")

    def unlock(self, *options: str) -> KitAnswer:
        """Fetch the disk key and open the disk, or without device mapper prove that the key would open it."""
        return self.kit("unlock", *options)

    def prove_unlock(self) -> str:
        """Prove that base's key opens the disk, waiting while it is held; return what the kit said."""
        return self._expect_done(self.unlock("--test", "--wait", "30"), "unlock")

    def close_disk(self) -> None:
        """Close the disk if it was really opened, which takes a kernel with device mapper."""
        if Path("/dev/mapper", self.mapper).exists():
            subprocess.run(["cryptsetup", "close", self.mapper], capture_output=True, check=False)

    def _enrol(self, *, again: bool) -> list[str]:
        options = ["--portal", self._portal_url, "--ca-file", str(self._ca_file), "--code-file", "-"]
        return ["enrol", *options, *(["--again"] if again else [])]

    def _expect_done(self, answer: KitAnswer, command: str) -> str:
        if answer.status != 0:
            raise LaboratoryBroken(f"nsm-sensor {command} on {self.name} ended with {answer.status}:\n{answer.output}")
        return answer.output
