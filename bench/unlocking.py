"""One box's own time: `nsm-sensor unlock --test`, from its start to the moment its disk was opened."""

import subprocess
import time
from pathlib import Path

from bench.enrolled_boxes import Box
from bench.rows import Row, median_row
from bench.run import Run
from lab.laboratory import Laboratory
from lab.namespaces import Namespace
from lab.portal import CHECKOUT
from lab.processes import MINIMAL_ENVIRONMENT
from lab.sensors import DISK_BYTES

PROGRAM = CHECKOUT / "sensor-kit" / "nsm-sensor"


def client_row(lab: Laboratory, run: Run, boxes: list[Box]) -> Row:
    """The box has a namespace of its own, joined to base by a cable: the way is no longer than over loopback."""
    box = boxes[0]
    host = _plug_in(lab, box)
    directory = _set_up(lab, box)
    _kit(host, directory, "format-disk", "--device", str(directory.parent / "disk"))
    opened, whole = [], []
    for _ in range(run.size(30, 2)):
        begin = time.time()
        _kit(host, directory, "unlock", "--test", "--once")
        whole.append((time.time() - begin) * 1000)
        # Written when the key has opened the disk, before base is told of it; the clock of files ticks every 4 ms.
        opened.append((directory / "last-unlock").stat().st_mtime * 1000 - begin * 1000)
    median_whole = sorted(whole)[len(whole) // 2]
    return median_row("disk_key.client_ms", opened, with_heartbeat_afterwards=round(median_whole, 1))


def _plug_in(lab: Laboratory, box: Box) -> Namespace:
    base, host = lab.host("base"), lab.topology.network.add_host("bench-box")
    lab.topology.network.join(base, "bench0", host, "tun0")
    base.ip(f"route replace {box.sensor.address}/32 dev bench0")
    host.ip(f"addr add {box.sensor.address}/32 dev tun0", "route add default dev tun0")
    return host


def _set_up(lab: Laboratory, box: Box) -> Path:
    """What enrolment leaves on a box."""
    directory = lab.directory.subdirectory("bench-box/etc", mode=0o700)
    settings = lab.portal.settings
    files = {
        "client.crt": box.certificate_pem,
        "client.key": box.key_pem,
        "ca.crt": (lab.certificates / "ca.crt").read_text(),
        "sensor.conf": f"machines_door_url={settings.machines_door_url}\nsubject={box.sensor.subject}\n"
        f"address={box.sensor.address}\ntunnel_device=tun0\n",
    }
    for name, text in files.items():
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text)
    with (directory.parent / "disk").open("wb") as disk:
        disk.truncate(DISK_BYTES)
    return directory


def _kit(host: Namespace, directory: Path, *arguments: str) -> None:
    done = subprocess.run(
        host.enter([str(PROGRAM), "--directory", str(directory), *arguments]),
        env=MINIMAL_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"nsm-sensor {arguments[0]} ended with {done.returncode}:\n{done.stdout.strip()}")
