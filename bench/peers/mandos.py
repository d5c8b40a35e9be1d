"""Debian's Mandos: one process for each connection, one raw public key for each box. No database, no record."""

import base64
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.peers.mandos_client import MandosClient
from bench.rows import Row, percentile
from lab.portal import free_port
from lab.waiting import wait_until

PROGRAM, BUS = Path("/usr/sbin/mandos"), Path("/usr/bin/dbus-daemon")
NEEDS = {"mandos": PROGRAM, "dbus-daemon": BUS}
CLIENTS = (1, 8, 32)
# The account that the Debian package makes, and to which the server changes.
ACCOUNT = "_mandos"
# Where that account can go, too: a TMPDIR may be closed to all but its owner.
PARENT = Path("/run")

BUS_SETTINGS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow user="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
</busconfig>
"""


def measure(*, quick: bool) -> Iterator[Row]:
    """Secrets handed out a second: each the whole exchange of a box that boots."""
    boxes = [MandosClient() for _ in range(max(CLIENTS))]
    seconds = 1.0 if quick else 8.0
    with _server(boxes) as port:
        for count in CLIENTS:
            taken, in_time = _ask(port, boxes[:count], seconds)
            facts: dict[str, object] = {
                "clients": count,
                "tls": "1.3, raw public keys, by GnuTLS in the measuring process",
                "p50_ms": round(percentile(taken, 50), 1),
                "p99_ms": round(percentile(taken, 99), 1),
            }
            yield Row(f"peer.mandos.disk_key.rate_{count}", in_time / seconds, "1/s", in_time, facts)
        yield Row("peer.mandos.disk_key.p99_ms_32", percentile(taken, 99), "ms", len(taken), facts)


@contextmanager
def _server(boxes: Sequence[MandosClient]) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="nsm-bench-", dir=PARENT) as name, _bus(Path(name)) as bus:
        folder, port = Path(name), free_port(9400)
        folder.chmod(0o711)
        (folder / "clients.conf").touch(mode=0o600)
        (folder / "clients.conf").write_text(_clients(boxes))
        scratch = folder / "scratch"
        scratch.mkdir(mode=0o700)
        shutil.chown(scratch, ACCOUNT)
        arguments = ["--foreground", "--no-dbus", "--no-zeroconf", "--no-ipv6", "--no-restore"]
        arguments += ["--address", "127.0.0.1", "--port", str(port), "--configdir", name, "--statedir", str(scratch)]
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus, "TMPDIR": str(scratch)}
        with _running([str(PROGRAM), *arguments], environment):
            wait_until(lambda: boxes[0].fetches(port), what="Mandos to answer", timeout=20)
            yield port


@contextmanager
def _bus(folder: Path) -> Iterator[str]:
    """Even with --no-dbus the server connects to a system bus when it starts; this one is its own, and idle."""
    path, settings = folder / "bus", folder / "bus.conf"
    settings.write_text(BUS_SETTINGS.format(path=path))
    with _running([str(BUS), f"--config-file={settings}", "--nofork", "--nopidfile"], dict(os.environ)):
        wait_until(path.exists, what="the bus to listen", timeout=10)
        yield f"unix:path={path}"


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Killed with its children: asked to end, Mandos would first encrypt every client's secret with gpg."""
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=environment, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _clients(boxes: Sequence[MandosClient]) -> str:
    """Approved without a wait, as Mandos's defaults have it; a day until the first check of whether a box is up."""
    lines = ["[DEFAULT]", *(f"{name} = P1D" for name in ("timeout", "extended_timeout", "interval")), "checker = true"]
    for number, box in enumerate(boxes):
        lines += [f"[box{number}]", f"key_id = {box.key_id}", f"fingerprint = {number:040x}"]
        lines.append(f"secret = {base64.b64encode(box.secret).decode()}")
    return "\n".join([*lines, ""])


def _ask(port: int, boxes: Sequence[MandosClient], seconds: float) -> tuple[list[float], int]:
    """The milliseconds of each exchange, and how many of them were over in time.

    Mandos lets five connections wait. The kernel tries the others again after 1, 3, 7 s, and the last of them
    may come long after the time: its wait counts, but is nothing that the server did.
    """
    taken: list[float] = []
    late: list[float] = []
    failed: list[MandosClient] = []
    deadline = time.monotonic() + seconds

    def ask(box: MandosClient) -> None:
        while (began := time.monotonic()) < deadline:
            if not box.fetches(port):
                failed.append(box)
                return
            ended = time.monotonic()
            (taken if ended <= deadline else late).append((ended - began) * 1000)

    threads = [threading.Thread(target=ask, args=(box,)) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"Mandos left {len(failed)} of {len(boxes)} boxes without their secret")
    return taken + late, len(taken)
