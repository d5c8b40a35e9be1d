"""The key-encryption key is changed while keys are made, given out and destroyed; the old one ends last."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from database.named_locks import SomebodyElseHolds, only_one
from database.roles.declaration import MACHINES
from lab.waiting import wait_until
from pki.escrow.envelope import KeyEncryptionKey, generate_key_encryption_key, parse_key_encryption_keys
from pki.escrow.operations.begin_sealing_under import NotYetEverywhere
from pki.escrow.operations.destroy_key import destroy_key
from pki.escrow.operations.reseal_keys import reseal_keys
from pki.escrow.operations.retire_key import retire_key
from pki.escrow.vault import (
    WrongKeyEncryptionKey,
    get_or_create_disk_key,
    get_or_create_tls_crypt_v2_server_key,
    open_secret,
    verify_key_encryption_key,
)
from pki.models import KeyEncryptionKeyCheck, WrappedKey
from pki.models.wrapped_key import DISK_KEY, TLS_CRYPT_V2_SERVER_KEY
from sensors.keys.operations import rotate_key_encryption_key as rotation
from sensors.keys.operations.rotate_key_encryption_key import (
    NothingToRotate,
    Rotation,
    rotate_key_encryption_key,
)
from tenants.models import AuditEntry
from tests.support.at_once import at_once
from tests.support.checkout import CHECKOUT
from tests.support.fleet import ACTOR

SUBJECTS = [f"s-{number}" for number in range(7)]
GATEWAY = "g-abcdefghijkl"
postgresql_alone = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one lock for all")


@pytest.fixture
def old(transactional_db: None, settings: Any) -> KeyEncryptionKey:
    made = generate_key_encryption_key()
    settings.KEY_ENCRYPTION_KEY = made.to_text()
    return made


@pytest.fixture
def new() -> KeyEncryptionKey:
    return generate_key_encryption_key()


@pytest.fixture
def hold(settings: Any) -> Callable[..., None]:
    """Be a process that was given these keys."""

    def be_given(*keys: KeyEncryptionKey) -> None:
        settings.KEY_ENCRYPTION_KEY = "\n".join(key.to_text() for key in keys)

    return be_given


def fill() -> dict[str, bytes]:
    kept = {subject: get_or_create_disk_key(subject=subject) for subject in SUBJECTS}
    return {**kept, GATEWAY: get_or_create_tls_crypt_v2_server_key(subject=GATEWAY)}


def opened() -> dict[str, bytes]:
    kept = {subject: open_secret(purpose=DISK_KEY, subject=subject) for subject in SUBJECTS}
    return {**kept, GATEWAY: open_secret(purpose=TLS_CRYPT_V2_SERVER_KEY, subject=GATEWAY)}


def rotate(progress: Callable[[int, int], None] = lambda *_: None) -> Rotation:
    return rotate_key_encryption_key(rotated_by=ACTOR, progress=progress)


def command(*arguments: object) -> str:
    said = StringIO()
    call_command("rotate_key_encryption_key", *map(str, arguments), stdout=said)
    return said.getvalue()


def test_all_that_was_sealed_opens_with_the_new_key_alone(old, new, hold, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 3)
    secrets, shown = fill(), list[tuple[int, int]]()
    hold(old, new)
    assert rotate(lambda done, total: shown.append((done, total))) == Rotation(new.id, len(secrets), ())
    assert shown == [(3, 8), (6, 8), (8, 8)]
    hold(new)
    verify_key_encryption_key()
    assert opened() == secrets
    assert WrappedKey.objects.needed_keys() == {new.id: len(secrets)}


def test_it_leaves_rows_in_the_audit_trail(old, new, hold):
    fill()
    hold(old, new)
    rotate()
    entries = list(AuditEntry.objects.filter(subject=f"key-encryption-key:{new.id}").order_by("sequence"))
    assert [(entry.action, entry.details) for entry in entries] == [
        ("key-encryption-key:switch", {"before": old.id}),
        ("key-encryption-key:rotate", {"resealed": 8, "refused": []}),
    ]


def test_processes_with_both_keys_work_all_the_while(old, new, hold):
    secrets = fill()
    hold(old, new)

    def look(done: int, _total: int) -> None:
        verify_key_encryption_key()
        assert opened() == secrets
        get_or_create_disk_key(subject=f"s-made-meanwhile-{done}")

    rotate(look)
    assert set(WrappedKey.objects.needed_keys()) == {new.id}


def test_a_process_with_the_old_key_alone_makes_none_and_says_why(old, new, hold):
    secrets = fill()
    hold(old, new)
    rotate()
    hold(old)
    for attempt in (verify_key_encryption_key, opened, partial(get_or_create_disk_key, subject="s-other")):
        with pytest.raises(WrongKeyEncryptionKey, match="started again"):
            attempt()
    assert WrappedKey.objects.count() == len(secrets)


def test_a_process_without_the_old_key_does_not_start_while_one_secret_needs_it(old, new, hold, monkeypatch):
    fill()
    hold(old, new)
    end_after(monkeypatch, batches=2)
    with pytest.raises(Crash):
        rotate()
    hold(new)
    with pytest.raises(WrongKeyEncryptionKey, match=old.id):
        verify_key_encryption_key()


class Crash(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


def end_after(monkeypatch: pytest.MonkeyPatch, *, batches: int) -> None:
    real, left = reseal_keys, [batches]

    def reseal_until_the_end(**arguments: Any) -> Any:
        if not left[0]:
            raise Crash
        left[0] -= 1
        return real(**{**arguments, "limit": 2})

    monkeypatch.setattr(rotation, "reseal_keys", reseal_until_the_end)


@pytest.mark.parametrize("batches", range(5))
def test_ended_at_any_point_it_goes_on_where_it_was(old, new, hold, batches):
    secrets = fill()
    hold(old, new)
    with pytest.MonkeyPatch.context() as patch:
        end_after(patch, batches=batches)
        with pytest.raises(Crash):
            rotate()
    assert opened() == secrets
    assert rotate().resealed == len(secrets) - 2 * batches
    assert AuditEntry.objects.filter(action="key-encryption-key:rotate").count() == 1
    hold(new)
    assert opened() == secrets
    assert KeyEncryptionKeyCheck.objects.count() == 2


def test_two_at_once_refuse_cleanly(old, new, hold):
    fill()
    hold(old, new)
    inside, done = threading.Event(), threading.Event()

    def one() -> None:
        with only_one(rotation.ROTATION):
            inside.set()
            assert done.wait(30)

    def other() -> None:
        assert inside.wait(30)
        try:
            rotate()
        finally:
            done.set()

    first, second = at_once([one, other])
    assert first is None
    assert isinstance(second, SomebodyElseHolds)
    assert rotate().resealed == 8


def test_there_is_nothing_to_do_twice_nor_back(old, new, hold):
    fill()
    with pytest.raises(NothingToRotate):
        rotate()
    hold(old, new)
    rotate()
    with pytest.raises(NothingToRotate):
        rotate()
    hold(new, old)
    with pytest.raises(NothingToRotate, match="in use before"):
        rotate()


def test_what_was_destroyed_stays_destroyed(old, new, hold):
    fill()
    destroy_key(purpose=DISK_KEY, subject=SUBJECTS[0], now=timezone.now())
    hold(old, new)
    assert rotate().resealed == 7
    gone = WrappedKey.objects.get(subject=SUBJECTS[0])
    assert (bytes(gone.ciphertext), bytes(gone.nonce)) == (b"", b"")


def test_keys_out_of_use_are_sealed_anew_too(old, new, hold):
    """They are not destroyed: two people may find that a box's case was a false alarm."""
    fill()
    retire_key(purpose=DISK_KEY, subject=SUBJECTS[0], now=timezone.now())
    get_or_create_disk_key(subject=SUBJECTS[0])
    hold(old, new)
    assert rotate().resealed == 9


def test_one_that_does_not_open_is_named_and_holds_up_no_other(old, new, hold, tmp_path):
    fill()
    WrappedKey.objects.filter(subject=SUBJECTS[3]).update(ciphertext=b"x" * 80)
    hold(old, new)
    assert rotate() == Rotation(new.id, 7, (f"disk-key {SUBJECTS[3]} version 1",))
    file = tmp_path / "keys"
    file.write_text(f"{old.to_text()}\n{new.to_text()}\n")
    with pytest.raises(CommandError, match=f"1 by {old.id}"):
        command("remove", file)
    with pytest.raises(CommandError, match=SUBJECTS[3]):
        command("run")


@postgresql_alone
def test_it_waits_for_whoever_is_sealing_so_that_nothing_stays_under_the_old_key(old, new, hold):
    fill()
    hold(old, new)
    sealed, go_on = threading.Event(), threading.Event()

    def seal_slowly() -> None:
        with transaction.atomic():
            get_or_create_disk_key(subject="s-slow")
            sealed.set()
            assert go_on.wait(30)

    def change() -> Rotation:
        assert sealed.wait(30)
        threading.Timer(0.5, go_on.set).start()
        return rotate()

    _, done = at_once([seal_slowly, change])
    assert done == Rotation(new.id, 9, ())
    assert WrappedKey.objects.needed_keys() == {new.id: 9}


@postgresql_alone
def test_a_row_that_somebody_is_destroying_is_waited_for_and_holds_nothing_up(old, new, hold):
    fill()
    hold(old, new)
    locked, go_on = threading.Event(), threading.Event()

    def destroy_slowly() -> None:
        with transaction.atomic():
            destroy_key(purpose=DISK_KEY, subject=SUBJECTS[2], now=timezone.now())
            locked.set()
            assert go_on.wait(30)

    def change() -> Rotation:
        assert locked.wait(30)
        threading.Timer(0.5, go_on.set).start()
        return rotate()

    _, done = at_once([destroy_slowly, change])
    assert done == Rotation(new.id, 7, ())
    assert bytes(WrappedKey.objects.get(subject=SUBJECTS[2]).ciphertext) == b""


@postgresql_alone
def test_it_does_not_begin_while_a_process_is_connected_that_was_not_given_the_new_key(old, new, hold):
    fill()
    hold(old, new)
    here = connection.settings_dict
    reached = {"host": here["HOST"], "port": here["PORT"] or None, "dbname": here["NAME"], "user": MACHINES.login}
    with psycopg.connect(**reached, application_name="nsmaas-machines"):
        with pytest.raises(NotYetEverywhere, match="nsmaas-machines"):
            rotate()
        assert KeyEncryptionKeyCheck.objects.get().kek_id == old.id
    wait_until(lambda: rotated(), what="the rotation, once that process is gone", timeout=30)


def rotated() -> bool:
    try:
        return rotate().resealed == 8
    except NotYetEverywhere:
        return False


def test_the_steps_of_the_command_from_the_old_key_to_the_new_one(old, hold, tmp_path):
    secrets, file = fill(), tmp_path / "keys"
    file.write_text(f"{old.to_text()}\n")
    said = command("add", file)
    both = parse_key_encryption_keys(file.read_text())
    assert both[0] == old
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="2 keys already"):
        command("add", file)
    hold(*both)
    only_the_new = tmp_path / "other"
    only_the_new.write_text(f"{both[1].to_text()}\n")
    with pytest.raises(CommandError, match="not hold the key"):
        command("remove", only_the_new)
    said += command("run")
    assert "8 of 8 (100 %)" in said
    assert f"{both[1].id}: 8 secrets need it" in command("status")
    said += command("remove", file)
    assert parse_key_encryption_keys(file.read_text()) == both[1:]
    hold(both[1])
    verify_key_encryption_key()
    assert opened() == secrets
    assert not any(key.to_text().partition(":")[2] in said for key in both)


def test_status_says_how_many_need_the_old_key_and_fails(old, new, hold, monkeypatch):
    fill()
    hold(old, new)
    end_after(monkeypatch, batches=1)
    with pytest.raises(Crash):
        rotate()
    with pytest.raises(CommandError, match="6 secrets still need an old key"):
        command("status")


def test_an_old_key_that_is_still_needed_stays_in_the_file(old, new, hold, tmp_path, monkeypatch):
    fill()
    hold(old, new)
    file = tmp_path / "keys"
    file.write_text(f"{old.to_text()}\n{new.to_text()}\n")
    end_after(monkeypatch, batches=1)
    with pytest.raises(Crash):
        rotate()
    with pytest.raises(CommandError, match=f"6 by {old.id}"):
        command("remove", file)
    assert parse_key_encryption_keys(file.read_text()) == (old, new)


@pytest.mark.live
def test_killed_in_its_middle_it_goes_on_while_keys_are_given_out(old, new, hold, tmp_path):
    """`kill -9`, as a power cut would, of the command itself; and nobody who asks for a key meanwhile goes without."""
    secrets = fill()
    count = 4000
    with transaction.atomic():
        for number in range(count):
            get_or_create_disk_key(subject=f"s-of-many-{number}")
    hold(old, new)
    file = tmp_path / "keys"
    file.write_text(f"{old.to_text()}\n{new.to_text()}\n")
    with rotating(file) as process:
        wait_until(lambda: new.id in WrappedKey.objects.needed_keys(), what="its first batch", timeout=60)
        process.send_signal(signal.SIGKILL)
        assert opened() == secrets
    assert old.id in WrappedKey.objects.needed_keys()
    with rotating(file) as process:
        while process.poll() is None:
            assert opened() == secrets
    assert process.returncode == 0
    assert WrappedKey.objects.needed_keys() == {new.id: count + 8}


@contextmanager
def rotating(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    here = connection.settings_dict
    url = f"sqlite:///{here['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{here['USER']}@/{here['NAME']}?host={here['HOST']}&port={here['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url, "NSMAAS_KEY_ENCRYPTION_KEY_FILE": str(file)}
    environment["NSMAAS_PROCESS"] = "manage"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "rotate_key_encryption_key", "run"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
