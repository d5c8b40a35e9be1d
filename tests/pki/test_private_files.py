"""Files that hold a secret."""

import os
import stat

import pytest

from pki.private_files import replace_file, write_new_file


def mode_of(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_its_owners_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        write_new_file(tmp_path / "key", b"secret")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "key") == 0o600
    assert (tmp_path / "key").read_bytes() == b"secret"


def test_it_refuses_to_overwrite_and_leaves_nothing_beside(tmp_path):
    (tmp_path / "key").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write_new_file(tmp_path / "key", b"new")
    assert (tmp_path / "key").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_it_refuses_to_follow_a_link_that_lies_in_its_place(tmp_path):
    (tmp_path / "key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_new_file(tmp_path / "key", b"new")
    assert not (tmp_path / "elsewhere").exists()


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_new_file(tmp_path / "key", b"secret")
    assert list(tmp_path.iterdir()) == []


def test_replacing_keeps_the_old_file_whole_for_whoever_has_it_open(tmp_path):
    path = tmp_path / "door.crt"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        replace_file(path, b"new", mode=0o644)
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
    assert mode_of(path) == 0o644
