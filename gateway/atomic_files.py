"""Files that are whole or absent after any crash: written beside, synced, renamed."""

import contextlib
import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """A rename or removal is durable only once its directory is."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes, *, mode: int, durable: bool = True) -> None:
    """Replaces `path`. The mode is set before the first byte, so a secret is never readable by others."""
    beside = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        if durable:
            os.fsync(descriptor)
    os.rename(beside, path)
    if durable:
        sync_directory(path.parent)


def read_if_there(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
