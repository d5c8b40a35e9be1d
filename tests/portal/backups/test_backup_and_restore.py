"""A backup is whole or none, holds no key-encryption key, and comes back onto a bare host."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.backed_up_host import MAKE_A_KEY, Host, back_up, recipients

SIGNED_IN = "from django.contrib.sessions.models import Session as s; print(s.objects.count())"
OPEN_ONES = "from pki.models import Restoration as r; print(r.objects.open().count(), r.objects.count())"


def restore(host: Host, file: Path, *options: object, fails: bool = False) -> str:
    identity = host.safe / "identity"
    return host.manage("restore", file, "--identity", identity, "--configuration", host.settings, *options, fails=fails)


def opened(host: Host, file: Path) -> bytes:
    command = ["age", "--decrypt", "--identity", str(host.safe / "identity"), str(file)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_it_comes_back_onto_a_bare_host_with_all_but_the_key_encryption_key(
    host: Host, bare_host: Host, backup: Path, disk_key: str
):
    assert "Until then keys are held" in restore(bare_host, backup)
    assert (bare_host.settings / "portal.env").read_text() == "NSMAAS_PROVIDER_NAME=Example\n"
    assert (bare_host.settings / "secrets" / "ca.key").stat().st_mode & 0o777 == 0o600
    assert not bare_host.key_file.exists()
    # Ended after the database was loaded, it would be done again.
    assert "Restored" in restore(bare_host, backup)
    shutil.copy(host.key_file, bare_host.key_file)
    assert bare_host.shell(MAKE_A_KEY) == disk_key
    assert (host.shell(SIGNED_IN), bare_host.shell(SIGNED_IN)) == ("1", "0")
    assert (host.shell(OPEN_ONES), bare_host.shell(OPEN_ONES)) == ("0 0", "1 1")


def test_no_key_encryption_key_is_in_it_whatever_its_file_is_called(host: Host, backup: Path):
    stream = opened(host, backup)
    secret = host.key_file.read_bytes().strip().partition(b":")[2]
    assert b"NSMAAS_PROVIDER_NAME" in stream
    assert secret not in stream
    copy = host.settings / "copy-of-it"
    shutil.copy(host.key_file, copy)
    before = sorted(backup.parent.iterdir())
    try:
        assert "copy-of-it" in host.manage("backup", backup.parent, *recipients(host), fails=True)
    finally:
        copy.unlink()
    assert sorted(backup.parent.iterdir()) == before


@pytest.mark.parametrize("kept", [0.5, 0.999])
def test_one_that_was_cut_off_changes_nothing(bare_host: Host, backup: Path, kept: float):
    whole = backup.read_bytes()
    cut = bare_host.safe / "cut"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    restore(bare_host, cut, fails=True)
    assert not bare_host.settings.exists()


def test_it_is_verified_without_changing_anything(bare_host: Host, backup: Path):
    assert "is whole" in restore(bare_host, backup, "--verify")
    assert not bare_host.settings.exists()


def test_a_database_that_is_not_empty_is_left_alone(host: Host, backup: Path):
    assert "not empty" in restore(host, backup, fails=True)
    assert host.shell(OPEN_ONES) == "0 0"


def test_other_settings_are_never_replaced(bare_host: Host, backup: Path):
    bare_host.settings.mkdir(parents=True)
    (bare_host.settings / "portal.env").write_text("NSMAAS_PROVIDER_NAME=Other\n")
    assert "portal.env is there already" in restore(bare_host, backup, fails=True)
    assert not (bare_host.settings / "secrets").exists()


def test_old_ones_go_the_newest_stay_and_each_says_what_is_lost_all_the_same(host: Host, backup: Path):
    newest = back_up(host, "--keep", 2)
    said = host.manage("backup", backup.parent, *recipients(host), "--keep", 2)
    assert "are lost with this host" in said
    left = sorted(backup.parent.iterdir())
    assert len(left) == 2
    assert left[0] == newest
    assert "are lost with this host" in host.manage("check_backups", backup.parent, fails=True)
    assert "There is no backup" in host.manage("check_backups", host.folder / "empty", fails=True)


def test_the_keys_own_copy_is_proved(host: Host, disk_key: str):
    copy, identity = host.folder / "copy.txt", host.safe / "identity"
    to = ("--recipients", host.safe / "recipients")
    host.manage("seal_key_encryption_key", copy, "--key", host.key_file, *to)
    assert copy.read_text().startswith("-----BEGIN AGE ENCRYPTED FILE-----")
    verify = ("seal_key_encryption_key", copy, "--verify", "--identity", identity)
    assert "opens all that is in escrow" in host.manage(*verify)
    other = host.folder / "other-key"
    host.manage("create_key_encryption_key", other)
    copy.unlink()
    host.manage("seal_key_encryption_key", copy, "--key", other, *to)
    said = host.manage(*verify, fails=True)
    assert "not a copy of what this database needs" in said
    assert other.read_text().partition(":")[2].strip() not in said
