"""The files of /etc/nsmaas that a backup holds: settings, secrets, the authority. Never a key-encryption key."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pki.private_files import write_new_file

KEY_FILE = "key-encryption-key"
# Wherever it stands in a file, on a line of its own or after a name.
_KEY = re.compile(rb"[a-z0-9-]{1,32}:[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])")


class FileRefused(Exception):
    """The text names the file and says what to do."""


def files_below(folder: Path) -> Iterator[tuple[str, bytes, int]]:
    """Path below `folder`, content, mode. Raises FileRefused if a key-encryption key is in one of another name."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name == KEY_FILE:
            continue
        content = path.read_bytes()
        if _KEY.search(content):
            raise FileRefused(
                f"{path} looks as if it held a key-encryption key, which must never lie in a backup:"
                f" the key belongs in a file named {KEY_FILE}, its copies elsewhere."
            )
        yield str(path.relative_to(folder)), content, path.stat().st_mode & 0o777


def refuse_to_replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Raises FileRefused if one of them is there already with another content."""
    for name, content in files.items():
        path = folder / name
        if path.exists() and path.read_bytes() != content:
            raise FileRefused(f"{path} is there already, and not as in the backup: move it away first.")


def put_back(folder: Path, name: str, content: bytes, mode: int) -> None:
    """One that is there is left as it is: see `refuse_to_replace`."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        write_new_file(path, content, mode=mode)
