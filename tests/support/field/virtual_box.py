"""A box with a kernel of its own (user-mode Linux): it boots, maps its disk for real, and loses its power at once.

What somebody types at its console goes through a folder of this machine (`hostfs`), so that neither tunnel nor firewall
of the box is in the way.
"""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

from tests.support.waiting import wait_until

MEMORY = "384M"
BOOT_SECONDS = 90
# Of the kernel's own console for the machine that runs it (arch/um/drivers/mconsole.h).
MCONSOLE_ASKS, MCONSOLE_SAYS = "<III512s", "<III"
MCONSOLE_MAGIC, MCONSOLE_VERSION = 0xCAFEBABE, 2
SERVE = r"""
while :; do
  for asked in /hands/*.ask; do
    [ -e "$asked" ] || continue
    n=${asked%.ask}
    mv "$asked" "$n.taken"
    (sh "$n.taken" >"$n.said" 2>&1 </dev/null; echo $? >"$n.status"; mv "$n.status" "$n.done") &
    wait $!
  done
  sleep 0.05
done
"""


class VirtualBox:
    """`disks` are /dev/ubdb, /dev/ubdc, ... of a boot, in that order."""

    def __init__(self, folder: Path, *, image: Path, namespace: str, tap: str) -> None:
        self.folder, self.image, self.namespace, self.tap = folder, image, namespace, tap
        self.hands = folder / "hands"
        self.written = folder / "root.cow"
        self.name = f"box-{os.getpid()}"
        self.console = folder / "console"
        self.hands.mkdir(parents=True)
        (self.hands / "serve").write_text(SERVE)
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0

    def boot(self, *disks: Path) -> float:
        """Seconds until somebody at its console is listened to."""
        self.cut_power()
        for left in self.hands.glob("*.*"):
            left.unlink()
        drives = [f"ubd{letter}={disk}" for letter, disk in zip("bcdef", disks, strict=False)]
        began = time.monotonic()
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                [
                    *("nsenter", f"--net=/run/netns/{self.namespace}", "linux.uml", f"mem={MEMORY}"),
                    *(f"umid={self.name}", f"uml_dir={self.folder}/uml", f"hostfs={self.hands}"),
                    *(f"ubda={self.written},{self.image}", *drives, "root=/dev/ubda", "rw"),
                    *(f"vec0:transport=tap,ifname={self.tap},depth=128,gro=1", "con=null", "con0=null,fd:1"),
                    *("ssl=null", "quiet", "panic=1"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TMPDIR": "/dev/shm"},  # its memory, which has to be executable
                start_new_session=True,
            )
        self.shell("true", seconds=BOOT_SECONDS)
        return time.monotonic() - began

    def plug_in(self, letter: str, disk: Path) -> None:
        """A disk that comes while the box runs is /dev/ubdLETTER."""
        said = f"config ubd{letter}={disk}".encode()
        asks = struct.pack(MCONSOLE_ASKS, MCONSOLE_MAGIC, MCONSOLE_VERSION, len(said), said)
        ours = self.folder / "asks"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as console:
            console.settimeout(20)
            console.bind(str(ours))
            try:
                console.sendto(asks, str(self.folder / "uml" / self.name / "mconsole"))
                answer = console.recv(1024)
            finally:
                ours.unlink()
        head = struct.calcsize(MCONSOLE_SAYS)
        if struct.unpack(MCONSOLE_SAYS, answer[:head])[0]:
            raise RuntimeError(f"the kernel does not take {disk}: {answer[head:].decode(errors='replace')}")

    def cut_power(self) -> None:
        """The kernel and all of its processes are one session of this machine."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):  # it may have shut down by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def shut_down(self, *, seconds: float = 60) -> float:
        """As a person does it. How long that took."""
        assert self._process
        began = time.monotonic()
        self._ask("systemctl poweroff")
        wait_until(self._has_ended, seconds=seconds, what=f"it is off; see {self.console}")
        took = time.monotonic() - began
        self.cut_power()
        return took

    def shell(self, script: str, *, seconds: float = 60) -> str:
        """What it printed. Raises RuntimeError."""
        status, said = self.try_shell(script, seconds=seconds)
        if status:
            raise RuntimeError(f"{script} ends with {status}: {said[-3000:]}")
        return said

    def try_shell(self, script: str, *, seconds: float = 60) -> tuple[int, str]:
        name = self._ask(script)
        done = self.hands / f"{name}.done"
        wait_until(lambda: done.exists() or self._has_ended(), seconds=seconds, what=f"{script}; see {self.console}")
        if self._has_ended():
            raise RuntimeError(f"the box is off: {self.console.read_text(errors='replace')[-2000:]}")
        return int(done.read_text()), (self.hands / f"{name}.said").read_text(errors="replace")

    def is_active(self, unit: str) -> bool:
        return self.try_shell(f"systemctl is-active --quiet {unit}")[0] == 0

    def wait_until(self, condition: str, *, seconds: float, what: str) -> None:
        """Asked in the box itself, so that it is not a boot's worth of questions."""
        said = f"until {condition}; do sleep 0.2; done"
        try:
            self.shell(f"timeout {seconds} sh -c '{said}'", seconds=seconds + 30)
        except RuntimeError as error:
            journal = self.shell("journalctl --boot --no-pager --output=cat --lines=40 --unit='nsm*'")
            raise AssertionError(f"not within {seconds} s: {what}: {error}\n{journal}") from None

    def cut_power_once(self, condition: str, *, during: str, seconds: float = 60) -> None:
        """Nothing in between but the time in which this machine hears of it."""
        sign = self.hands / "now"
        sign.unlink(missing_ok=True)
        self._ask(f"setsid sh -c '{during}' >/hands/interrupted 2>&1 & until {condition}; do :; done; touch /hands/now")
        wait_until(sign.exists, seconds=seconds, what=f"{condition}, while it does {during}")
        self.cut_power()

    def is_on(self) -> bool:
        return not self._has_ended()

    def _ask(self, script: str) -> str:
        self._asked += 1
        name = f"{self._asked:04}"
        (self.hands / f"{name}.new").write_text(script)
        (self.hands / f"{name}.new").rename(self.hands / f"{name}.ask")
        return name

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None
