"""Files that are whole or not there, also after a power cut."""

import os
from pathlib import Path


def put_in_place(unfinished: Path, file: Path) -> None:
    """Only its owner reads it."""
    unfinished.chmod(0o600)
    sync(unfinished)
    unfinished.rename(file)
    sync(file.parent)


def sync(path: Path) -> None:
    """Returns once this file, or the names in this folder, would be there after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
