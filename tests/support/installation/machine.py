"""A host with a real systemd as its first process (systemd-nspawn), on a folder and in a network namespace."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.support.waiting import wait_until

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
BOOT_SECONDS, END_SECONDS = 60, 20
# Joins the control groups up to `--`, then becomes the program after it.
IN_GROUPS = (
    *("sh", "-c", 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit; shift; done; shift; exec "$@"', "sh"),
)


class BootedMachine:
    """`boot` and `power_off` as often as wanted: what is in `root` stays."""

    def __init__(self, root: Path, *, name: str, binds: dict[Path, str]) -> None:
        self.root, self._name, self._binds = root, name, binds
        self._log = root.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def boot(self, namespace: str) -> None:
        """Returns when systemd has started all that is enabled, or has found that something did not start."""
        # Whether this machine's own control groups are of the second version.
        unified = Path("/sys/fs/cgroup/cgroup.controllers").exists()
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--machine={self._name}"]
        command += [f"--directory={self.root}", f"--network-namespace-path=/run/netns/{namespace}"]
        command += ["--capability=CAP_NET_ADMIN", "--bind=/dev/net/tun", "--console=pipe", "--boot"]
        command += [f"--bind={source}:{target}" for source, target in self._binds.items()]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*IN_GROUPS, *self._make_groups(), "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": str(int(unified)),
                    # Its own network's settings are its own to change, as on a host.
                    "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",
                },
                start_new_session=True,
            )
        wait_until(self._find_leader, seconds=BOOT_SECONDS / 4, what=f"systemd runs; see {self._log}")
        wait_until(self._is_up, seconds=BOOT_SECONDS / 4, what=f"systemd has started all; see {self._log}")

    def run(self, *command: str, check: bool = True) -> str:
        """What a program on this host printed. Raises RuntimeError, unless told not to."""
        done = subprocess.run(
            ["nsenter", "-t", str(self._leader), "--all", "--root", "--wd", *command],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def is_active(self, unit: str) -> bool:
        return self.run("systemctl", "is-active", unit, check=False).strip() == "active"

    def log_of(self, unit: str) -> str:
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}", check=False)

    def power_off(self) -> None:
        """In an instant, as when the plug is pulled."""
        if self._process is None:
            return
        if self._leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._leader, signal.SIGKILL)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process, self._leader = None, 0
        for group in self._groups():
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)

    def _groups(self) -> list[Path]:
        """Control groups of its own, in each hierarchy that is here: two machines in one are in each other's way."""
        mounts = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"))
        return [mount / f"nsm-{self._name}" for mount in mounts if (mount / "cgroup.procs").exists()]

    def _make_groups(self) -> list[str]:
        for group in self._groups():
            group.mkdir(exist_ok=True)
        return [str(group) for group in self._groups()]

    def _find_leader(self) -> bool:
        """The first process in there is the child of nspawn's that is number 1 in its own namespace."""
        assert self._process
        if self._process.poll() is not None:
            raise AssertionError(f"systemd-nspawn ended: {self._log.read_text(errors='replace')[-2000:]}")
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in children:
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{child}/status").read_text()
                numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
                if numbers[-1] == "1" and len(numbers) > 2:
                    self._leader = int(child)
        return bool(self._leader)

    def _is_up(self) -> bool:
        time.sleep(0.1)
        return self.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded")
