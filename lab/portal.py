"""The portal's processes: the people's door, the machines' door twice, the signer, a worker and beat."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from lab.environments import PortalSettings
from lab.errors import LaboratoryBroken
from lab.fleet import Fleet, read_fleet
from lab.process import Process
from lab.processes import MINIMAL_ENVIRONMENT, Processes

CHECKOUT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 60


def free_port(preferred: int) -> int:
    """Return the first port from `preferred` on that nobody listens on at 127.0.0.1."""
    for port in range(preferred, preferred + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise LaboratoryBroken(f"no free port from {preferred} on")


class Portal:
    """One portal: its commands and its processes, each with the environment that is its own."""

    def __init__(
        self,
        *,
        processes: Processes,
        settings: PortalSettings,
        sockets: Path,
        people_port: int,
        checkout: Path = CHECKOUT,
    ) -> None:
        """Prepare a portal whose unix sockets appear in `sockets`, in a folder for each door."""
        self.settings = settings
        self.sockets = sockets
        self.people_port = people_port
        self._processes = processes
        self._checkout = checkout
        for door in ("people", "machines"):
            (sockets / door).mkdir(mode=0o700, exist_ok=True)
        # people, machines-sensors, machines-gateways, machines-reports, signer, worker, beat
        self.running: dict[str, Process] = {}

    def socket_of(self, name: str) -> Path:
        """Where a process of a door listens for nginx: `people`, `machines-sensors`, `machines-reports`, ..."""
        return self.sockets / name.partition("-")[0] / f"{name}.sock"

    def manage(self, *arguments: str, process: str = "manage", secrets: Mapping[str, str] | None = None) -> str:
        """Run a command of the portal as one of its processes would, with further secrets; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self._checkout,
            env={**MINIMAL_ENVIRONMENT, **self.settings.environment_of(process), **(secrets or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise LaboratoryBroken(f"manage.py {arguments[0]} failed:\n{done.stderr.strip()}")
        return done.stdout

    def create(self) -> None:
        """Make the database, the key-encryption key and the authority, as far as they are not there yet."""
        secrets = self.settings.secrets
        secrets.make_random_ones()
        with ThreadPoolExecutor() as pool:
            migrated = pool.submit(self._migrate)
            if not secrets.key_encryption_key.exists():
                self.manage("create_key_encryption_key", str(secrets.key_encryption_key))
            migrated.result()
        if not secrets.ca_key.exists():
            self._sign_by_hand("create_authority", "underlay", "--common-name", "Demo underlay CA")

    def _migrate(self) -> None:
        self.manage("migrate", "--verbosity", "0")
        if self.settings.database_url.startswith("postgresql:"):
            self.manage("set_up_database_roles")

    def issue_door_certificate(self, *, names: list[str], directory: Path) -> None:
        """Write `door.crt`, `door.key` and `ca.crt` into a directory."""
        options = [word for name in names for word in ("--name", name)]
        self._sign_by_hand("issue_door_certificate", *options, "--directory", str(directory))

    def _sign_by_hand(self, *arguments: str) -> None:
        self.manage(*arguments, secrets=self.settings.ca_key)

    def seed_demo(self) -> Fleet:
        """Make staff, customers, sites, a gateway and sensors, and return them with their one-time codes."""
        return read_fleet(self.manage("seed_demo"))

    def start_people(self, *, reload: bool = False) -> Process:
        """Start the people's door on 127.0.0.1 and, for nginx, on a unix socket."""
        binds = [f"127.0.0.1:{self.people_port}", f"unix:{self.socket_of('people')}"]
        options = ["--reload"] if reload else []
        return self._start_gunicorn("people", "people", binds=binds, threads=8, options=options)

    def start_machines(self) -> list[Process]:
        """Start the machines' door: for sensors, for gateways' questions, which wait long, and for their reports."""
        return [
            self._start_gunicorn(
                f"machines-{kind}",
                "machines",
                binds=[f"unix:{self.socket_of(f'machines-{kind}')}"],
                threads=threads,
                # As many workers as in service, loaded once.
                options=["--workers", str(workers), "--preload"],
            )
            for kind, workers, threads in (("sensors", 1, 64), ("gateways", 2, 64), ("reports", 2, 8))
        ]

    def start_workers(self) -> list[Process]:
        """Start the signer, the other worker and beat."""
        return [
            self.start_signer(),
            self._start_celery("worker", "worker", "-Q", "default", "-n", "worker@%h", "-c", "1"),
            self._start_celery("beat", "beat"),
        ]

    def start_signer(self) -> Process:
        """Start the one worker that holds the authority's key."""
        return self._start_celery("signer", "worker", "-Q", "pki", "-n", "signer@%h", "-c", "1")

    def stop(self, name: str) -> None:
        """End one process, named as in `running`."""
        self._processes.end(self.running.pop(name))

    def wait_for_doors(self) -> None:
        """Wait until the doors that were started answer."""
        for name, process in self.running.items():
            if name == "people":
                answers: Callable[[], bool] = self._people_answer
            elif name.startswith("machines-"):
                answers = partial(accepts, self.socket_of(name))
            else:
                continue
            self._processes.wait_for(answers, of=process, what=f"{name} to answer", timeout=START_TIMEOUT)

    def wait_for_workers(self) -> None:
        """Wait until the workers that were started take tasks."""
        for name in ("signer", "worker"):
            process = self.running[name]
            self._processes.wait_for(
                partial(_says, process.log, "ready."),
                of=process,
                what=f"the {name} to be ready",
                timeout=START_TIMEOUT,
            )

    def _start_gunicorn(
        self, name: str, door: str, *, binds: list[str], threads: int, options: list[str] | None = None
    ) -> Process:
        command = [sys.executable, "-m", "gunicorn", f"portal.wsgi_{door}:application"]
        for bind in binds:
            command += ["--bind", bind]
        command += ["--worker-class", "gthread", "--threads", str(threads)]
        # Longer than a gateway's question may wait, and than nginx keeps an idle connection.
        command += ["--timeout", "90", "--keep-alive", "75", "--graceful-timeout", "3", "--no-control-socket"]
        return self._start(name, door, [*command, *(options or [])])

    def _start_celery(self, name: str, *arguments: str) -> Process:
        celery = [sys.executable, "-m", "celery", "-A", "portal", *arguments, "--loglevel", "INFO"]
        process = self._start(name, name, celery)
        # With the embedded broker a worker takes some seconds to notice that it should end. Killing it loses nothing:
        # an unfinished task is found again by the next sweep.
        process.patience = 1.5
        return process

    def _start(self, name: str, process: str, command: list[str]) -> Process:
        started = self._processes.start(
            name, command, environment=self.settings.environment_of(process), cwd=self._checkout
        )
        self.running[name] = started
        return started

    def _people_answer(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.people_port}/accounts/login/", timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            raise LaboratoryBroken(f"the people's door answered {error.code} to the sign-in page") from error
        except OSError:
            return False


def _says(log: Path, words: str) -> bool:
    return words in log.read_text(errors="replace")


def accepts(path: Path) -> bool:
    """Tell whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
