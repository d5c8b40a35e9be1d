"""A file of WAL is told to be archived once it is safe, and never replaced; one that is broken is no end of the log."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.backups.wal_files import missing_segments, older_than
from tests.support.checkout import CHECKOUT

NAME = "000000010000000000000003"
CONTENT = b"a disk key, wrapped" + bytes(1 << 20)


class Archive:
    """As PostgreSQL calls it, by a command."""

    def __init__(self, folder: Path, safe: Path) -> None:
        self.folder, self.safe, self.source = folder / "archive", safe, folder / "source"
        self.folder.mkdir()
        self.recipients = safe / "recipients"

    def put(self, content: bytes = CONTENT, name: str = NAME, **options: Path) -> int:
        self.source.write_bytes(content)
        words = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        return self._run(
            "archive_wal", self.source, name, f"--to={self.folder}", f"--recipients={self.recipients}", *words
        )

    def get(self, name: str = NAME) -> tuple[int, bytes]:
        to = self.source.with_name("fetched")
        to.unlink(missing_ok=True)
        status = self._run("fetch_wal", name, to, f"--from={self.folder}", f"--identity={self.safe / 'identity'}")
        return status, to.read_bytes() if to.exists() else b""

    def _run(self, module: str, *words: Any) -> int:
        command = [sys.executable, "-m", f"portal.backups.{module}", *map(str, words)]
        return subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=False).returncode

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def archive(tmp_path: Path, safe: Path, live: None) -> Archive:
    return Archive(tmp_path, safe)


def program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_it_comes_back_as_it_was_and_nothing_of_it_is_readable(archive: Archive):
    assert archive.put() == 0
    [file] = archive.folder.iterdir()
    assert b"a disk key" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size < len(CONTENT) / 10, "one that was ended early takes no 16 MiB"
    assert archive.get() == (0, CONTENT)


def test_the_same_again_is_well_and_another_under_its_name_is_refused(archive: Archive):
    assert (archive.put(), archive.put()) == (0, 0)
    [name] = archive.names
    assert archive.put(b"another server's") == 1
    assert archive.names == [name]
    assert archive.get() == (0, CONTENT)


@pytest.mark.parametrize("what", ["nobody could open it", "the folder is gone", "a name with a path"])
def test_what_is_not_safe_is_not_told_to_be(archive: Archive, what: str):
    if what == "nobody could open it":
        archive.recipients = archive.source.with_name("nobody")
        archive.recipients.write_text("")
    elif what == "the folder is gone":
        archive.folder.rmdir()
    assert archive.put(name="../../etc/x" if what == "a name with a path" else NAME) == 1
    assert not archive.folder.exists() or archive.names == []


def test_one_that_did_not_reach_the_disk_has_no_name(archive: Archive, monkeypatch: pytest.MonkeyPatch):
    from portal.backups.wal_files import seal_wal

    def fail(_descriptor: int) -> None:
        assert [name for name in archive.names if not name.startswith(".")] == []
        raise OSError(28, "No space left on device")

    archive.source.write_bytes(CONTENT)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        seal_wal(source=archive.source, name=NAME, folder=archive.folder, recipients=archive.recipients)
    assert archive.names == []


def test_it_counts_as_safe_only_once_the_providers_program_has_taken_it(archive: Archive, tmp_path: Path):
    taken = tmp_path / "taken"
    taken.mkdir()
    assert archive.put(ship_with=program(tmp_path / "ship", "echo the other host is away >&2; exit 3")) == 1
    assert archive.put(ship_with=tmp_path / "nowhere") == 1
    assert archive.put(ship_with=program(tmp_path / "ship", f'cp "$1" {taken}')) == 0
    assert [path.name for path in taken.iterdir()] == archive.names


def test_after_the_last_there_is_no_more_but_a_broken_one_stops_the_recovery(archive: Archive):
    archive.put()
    assert archive.get(NAME.replace("3", "4")) == (1, b"")
    [file] = archive.folder.iterdir()
    sealed = file.read_bytes()
    file.write_bytes(sealed[: len(sealed) // 2])
    assert archive.get()[0] > 125
    file.write_bytes(sealed)
    file.rename(file.with_name(file.name.replace(file.name.split(".")[1], "0" * 64)))
    assert archive.get()[0] > 125


def test_a_disk_that_is_not_mounted_is_no_end_either(archive: Archive):
    assert archive.get()[0] > 125
    archive.folder.rmdir()
    assert archive.get()[0] > 125


def segments(folder: Path, *numbers: int, timeline: int = 1) -> None:
    for number in numbers:
        (folder / f"{timeline:08X}{number // 256:08X}{number % 256:08X}.{'0' * 64}.wal").touch()


def test_a_gap_is_seen_before_anything_is_restored(tmp_path: Path):
    first = f"{1:08X}{0:08X}{254:08X}"
    assert missing_segments(tmp_path, since=first, per_log=256) == []
    segments(tmp_path, 7, 254, 255, 256)
    # The last of a server that is gone goes on in another timeline.
    segments(tmp_path, 256, 257, timeline=2)
    assert missing_segments(tmp_path, since=first, per_log=256) == []
    segments(tmp_path, 260)
    assert missing_segments(tmp_path, since=first, per_log=256) == ["0000000100000002"]
    assert missing_segments(tmp_path, since=f"{1:08X}{0:08X}{8:08X}", per_log=256)[0] == "0000000000000008"


def test_only_what_no_copy_needs_is_taken_away(tmp_path: Path):
    segments(tmp_path, 5, 6, 7)
    (tmp_path / f"00000002.history.{'0' * 64}.wal").touch()
    old = older_than(tmp_path, f"{1:08X}{0:08X}{6:08X}")
    assert [path.name[:24] for path in old] == [f"{1:08X}{0:08X}{5:08X}"]
