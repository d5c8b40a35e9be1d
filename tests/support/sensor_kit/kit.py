"""Runs the sensor kit as a person or a unit would, and makes sensors for it."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority, key_pem
from tests.support.checkout import CHECKOUT
from tests.support.sensor_kit.doors import Answer
from tests.support.waiting import wait_until

KIT = CHECKOUT / "sensor-kit"
NSM_SENSOR = KIT / "nsm-sensor"
SUBJECT = "s-abcdefghij27"
ADDRESS = "10.88.0.5"
LUKS_OPTIONS = ("--batch-mode", "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
DISK_BYTES = 24 * 1024 * 1024
KEY_PATH = "/v1/disk-key"
OCTETS = (("Content-Type", "application/octet-stream"),)
PROBLEM = (("Content-Type", "application/problem+json"),)
# Debian's, the RPM family's, and that of small systems, which takes a NUL for the end of a line.
MAWK, GAWK, BUSYBOX = ("mawk",), ("gawk", "--posix"), ("busybox", "awk")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True)
class Sensor:
    directory: Path
    disk: Path
    key: bytes

    def run(self, *arguments: str, path: Path | None = None, environment: dict[str, str] | None = None) -> Outcome:
        return run_kit(self.directory, *arguments, path=path, environment=environment)

    def format(self, key: bytes | None = None) -> None:
        """A real LUKS2 volume, made without the kit."""
        subprocess.run(
            ["cryptsetup", "luksFormat", *LUKS_OPTIONS, "--key-file=-", self.disk],
            input=self.key if key is None else key,
            check=True,
        )


def kit_environment(path: Path | None = None) -> dict[str, str]:
    tools = os.environ["PATH"]
    return {"PATH": f"{path}:{tools}" if path else tools}


def run_kit(
    directory: Path,
    *arguments: str,
    stdin: str = "",
    path: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Outcome:
    """One command; `path` is a folder whose programs come before the system's."""
    start = time.monotonic()
    with subprocess.Popen(
        [NSM_SENSOR, "--directory", directory, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=kit_environment(path) | (environment or {}),
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(stdin, timeout=60)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    took = time.monotonic() - start
    if process.returncode == -signal.SIGKILL:
        # What it had started dies with it and holds its locks for a moment longer.
        wait_until(lambda: not _has_members(process.pid), seconds=10, what="all of the kit's processes are gone")
    return Outcome(process.returncode, out, err, took)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def make_sensor(folder: Path, authority: Authority, door_url: str) -> Sensor:
    """An enrolled sensor with a blank disk; its requests leave through the loopback device."""
    directory = folder / "sensor"
    directory.mkdir(mode=0o700)
    private_key = ec.generate_private_key(ec.SECP256R1())
    (directory / "client.key").write_text(key_pem(private_key))
    (directory / "client.crt").write_text(authority.certify(SUBJECT, private_key.public_key()))
    (directory / "ca.crt").write_text(authority.pem)
    disk = folder / "disk.img"
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    write_settings(directory, machines_door_url=door_url, subject=SUBJECT, disk_device=str(disk), tunnel_device="lo")
    return Sensor(directory=directory, disk=disk, key=secrets.token_bytes(64))


def write_settings(directory: Path, **settings: str) -> None:
    (directory / "sensor.conf").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))


def give(key: bytes) -> Answer:
    return Answer(body=key, headers=OCTETS)


def wrap_program(folder: Path, name: str, script: str) -> Path:
    """A shell script that stands in for a program; it finds the real one in $REAL."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\nREAL={shutil.which(name) or '/nonexistent'}\n{script}\n")
    program.chmod(0o755)
    return folder


def killing_program(folder: Path, name: str, when: str, number: int) -> Path:
    """A program that kills the kit, itself and all, "before" or "after" its `number`th call does its work."""
    kill = f'[ $(wc -l <"${{0%/*}}/count") -ne {number} ] || kill -9 0'
    steps = {
        "before": f'{kill}\nexec $REAL "$@"',
        "after": f'$REAL "$@"\nstatus=$?\n{kill}\nexit $status',
    }
    return wrap_program(folder / "programs", name, f'echo >>"${{0%/*}}/count"\n{steps[when]}')


def log_calls(name: str) -> str:
    """A line of a stand-in that appends its name and arguments to `calls` beside it."""
    return f"""printf '{name} %s\\n' "$(printf '%s ' "$@" | tr '\\n' ' ')" >>"${{0%/*}}/calls\""""


def problem(status: int, reason: str, *headers: tuple[str, str]) -> Answer:
    body = json.dumps({"type": "about:blank", "status": status, "reason": reason, "detail": "said for people"})
    return Answer(status=status, body=body.encode(), headers=PROBLEM + headers)
