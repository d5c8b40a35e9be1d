"""Writing files that hold a secret: complete or absent, readable by their owner only."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_new_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write and sync; raises FileExistsError rather than replace anything, even when two write at once."""
    temporary = _write_beside(path, content, mode)
    try:
        # A hard link, unlike a rename, fails when the name is taken.
        os.link(temporary, path)
    finally:
        temporary.unlink()
    _sync_directory(path.parent)


def replace_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write and sync; a reader of the path sees the old content or the new, never a part."""
    temporary = _write_beside(path, content, mode)
    temporary.replace(path)
    _sync_directory(path.parent)


def _write_beside(path: Path, content: bytes, mode: int) -> Path:
    # NamedTemporaryFile creates with 0600; a wider mode is given only once the content is complete.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        except BaseException:
            temporary.unlink()
            raise
    return temporary


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
