"""Advisories as they are carried in: OSV's zip of a whole ecosystem, some files in a folder, or one. All is bounded."""

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from portal.installation.refusals import SetupRefused

MOST_ENTRIES = 200_000
# Bytes. Of one advisory, of all of them, of a zip, and of the list of what is in it, which is read at once.
_LARGEST_ENTRY, _LARGEST_ALL = 4 * 2**20, 4 * 2**30
_LARGEST_ZIP, _LARGEST_LIST = 2**30, 40 * 2**20
_ENCRYPTED = 0x1


class _Bounded(io.FileIO):
    """`zipfile` reads the list of a zip by one call, as long as the file itself says that the list is."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_LIST:
            raise zipfile.BadZipFile("its list of files is too long")
        return super().read(_LARGEST_LIST if size is None or size < 0 else size) or b""


def is_whole(path: Path) -> bool:
    """A zip is the download of a whole ecosystem; a folder or a file holds what somebody has picked."""
    try:
        return path.is_file() and zipfile.is_zipfile(path)
    except OSError:
        return False


def read_entries(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and text of each file of JSON; the text is empty where it cannot be read. Raises SetupRefused."""
    read = 0
    try:
        for number, (name, text) in enumerate(_entries(path), start=1):
            read += len(text)
            if number > MOST_ENTRIES:
                raise SetupRefused(f"{path} holds more than {MOST_ENTRIES} files: is it OSV's download of PyPI?")
            if read > _LARGEST_ALL:
                raise SetupRefused(f"{path} unpacks to more than {_LARGEST_ALL} bytes: is it OSV's download of PyPI?")
            yield name, text
    except (OSError, zipfile.BadZipFile) as error:
        raise SetupRefused(f"{path} cannot be read ({error}): carry it here again.") from None


def _entries(path: Path) -> Iterator[tuple[str, bytes]]:
    if is_whole(path):
        yield from _entries_of_zip(path)
        return
    # A pipe or a device would be read for ever.
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(f"{file} is no file")
        with file.open("rb") as handle:
            yield file.name, _at_most(handle.read(_LARGEST_ENTRY + 1))


def _entries_of_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.stat().st_size > _LARGEST_ZIP:
        raise SetupRefused(f"{path} has more than {_LARGEST_ZIP} bytes: is it OSV's download of PyPI?")
    with _Bounded(os.fspath(path)) as handle, zipfile.ZipFile(handle) as archive:
        listed = archive.infolist()
        if len(listed) > MOST_ENTRIES:
            raise SetupRefused(f"{path} holds more than {MOST_ENTRIES} files: is it OSV's download of PyPI?")
        for entry in listed:
            if entry.filename.endswith(".json"):
                yield entry.filename, _unpacked(archive, entry)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What an entry says of its own size is not believed."""
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""
    try:
        with archive.open(entry) as handle:
            return _at_most(handle.read(_LARGEST_ENTRY + 1))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return b""


def _at_most(text: bytes) -> bytes:
    return text if len(text) <= _LARGEST_ENTRY else b""
