"""The key-encryption key is changed for a whole fleet: keys a second, and what giving out a key costs meanwhile."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.databases import CHECKOUT
from bench.portal_process import portal_process
from bench.rows import Row, percentile
from bench.run import Run
from bench.stopwatch import milliseconds_of

if TYPE_CHECKING:
    from bench.enrolled_boxes import Box
    from pki.escrow.envelope import KeyEncryptionKey

BATCH = 2_000
BOXES = 8


def measure(run: Run) -> Iterator[Row]:
    """The command in a process of its own, beside releases one after the other in this one."""
    with portal_process("signer", run):
        yield from _measure(run, run.size(100_000, 500))


def _measure(run: Run, count: int) -> Iterator[Row]:
    from django.conf import settings

    from bench.bulk_sensors import analyse
    from pki.escrow.envelope import generate_key_encryption_key, parse_key_encryption_key

    boxes = _boxes()
    old, new = parse_key_encryption_key(settings.KEY_ENCRYPTION_KEY or ""), generate_key_encryption_key()
    for box in boxes:
        _release(box)
    _seal_many(old, count)
    analyse()
    settings.KEY_ENCRYPTION_KEY = f"{old.to_text()}\n{new.to_text()}"
    alone = _releases(boxes, run.size(200, 10))
    with TemporaryDirectory(prefix="nsm-bench-") as folder:
        keys = Path(folder, "keys")
        keys.touch(mode=0o600)
        keys.write_text(settings.KEY_ENCRYPTION_KEY)
        # Not the time in which the command starts, but all from its first batch on.
        rotating = _rotate(keys, run)
        while not _resealed(new.id):
            time.sleep(0.005)
        begun, before, beside = time.perf_counter(), _resealed(new.id), list[float]()
        while rotating.poll() is None:
            beside += _releases(boxes, 1)
        seconds = time.perf_counter() - begun
    alone += _releases(boxes, run.size(200, 10))
    if rotating.returncode != 0 or _resealed(old.id):
        raise RuntimeError("not all keys were sealed again")
    # A quick run may be over before the first release beside it.
    beside = beside or alone
    facts: dict[str, object] = {
        "keys": count,
        "alone_median_ms": round(percentile(alone, 50), 2),
        "alone_p99_ms": round(percentile(alone, 99), 2),
        "median_ms": round(percentile(beside, 50), 2),
        "p99_ms": round(percentile(beside, 99), 2),
    }
    yield Row("rotate_kek.keys_per_s", (count - before) / seconds, "1/s", count, facts)
    for name, share in (("release_ratio", 50), ("release_p99_ratio", 99)):
        ratio = percentile(beside, share) / percentile(alone, share)
        yield Row(f"rotate_kek.{name}", ratio, "of undisturbed", len(beside), facts)


def _boxes() -> "list[Box]":
    from bench.enrolled_boxes import enrol_boxes
    from bench.people_and_places import PUBLIC_ADDRESS, make_gateway, make_sites
    from sensors.models import Gateway

    gateway: Gateway = make_gateway(network="10.88.0.0/16")
    boxes = enrol_boxes(gateway=gateway, sites=make_sites(BOXES, 1), count=BOXES)
    from bench.bulk_sensors import connect

    connect(gateway=gateway, sensors=[box.sensor for box in boxes], public_address=PUBLIC_ADDRESS)
    return boxes


def _release(box: "Box") -> None:
    from bench.people_and_places import PUBLIC_ADDRESS
    from sensors.keys.confirmed_sessions import Confirmation, ConfirmedSession
    from sensors.keys.operations.release_disk_key import release_disk_key

    sensor, certificate = box.sensor, box.request.certificate
    if certificate is None:
        raise RuntimeError(f"{sensor} was not signed")
    session = ConfirmedSession(sensor.subject, PUBLIC_ADDRESS, sensor.address, 7, 60_000, ())
    confirmation = Confirmation(answered=True, session=session, connection_ms=5)
    answer = release_disk_key(sensor=sensor, certificate=certificate, source=sensor.address, confirmation=confirmation)
    if answer.disk_key is None:
        raise RuntimeError(f"{sensor} got no key: {answer.verdict.reason}")


def _releases(boxes: "list[Box]", rounds: int) -> list[float]:
    return [milliseconds_of(partial(_release, box)) for _ in range(rounds) for box in boxes]


def _seal_many(kek: "KeyEncryptionKey", count: int) -> None:
    from pki.escrow.envelope import Context, seal
    from pki.models import WrappedKey
    from pki.models.wrapped_key import DISK_KEY

    def row(number: int) -> WrappedKey:
        subject = f"s-{number}"
        sealed = seal(kek=kek, context=Context(DISK_KEY, subject, 1), plaintext=os.urandom(64))
        return WrappedKey(
            subject=subject,
            purpose=DISK_KEY,
            version=1,
            kek_id=kek.id,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
        )

    WrappedKey.objects.bulk_create((row(number) for number in range(count)), batch_size=BATCH)


def _resealed(kek_id: str) -> int:
    from pki.models import WrappedKey

    return WrappedKey.objects.needed_keys().get(kek_id, 0)


def _rotate(keys: Path, run: Run) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "NSMAAS_PROCESS": "manage",
        "NSMAAS_KEY_ENCRYPTION_KEY_FILE": str(keys),
        "DATABASE_URL": run.database_url,
        "NSMAAS_CA_KEY_FILE": "",
        "NSMAAS_CA_PASSPHRASE": "",
    }
    command = [sys.executable, "manage.py", "rotate_key_encryption_key", "run"]
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL)
