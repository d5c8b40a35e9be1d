"""Files of the configuration: written whole or not at all, with the mode that they are to have."""

import os
import re
import shutil
from pathlib import Path

from portal.installation.refusals import SetupRefused

_BEGIN = "# nsm-portal begins (written by nsm-portal setup)"
_END = "# nsm-portal ends"


def text_of(path: Path) -> str:
    """Empty if it is not there."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def is_so(path: Path, text: str, mode: int) -> bool:
    return path.exists() and text_of(path) == text and path.stat().st_mode & 0o777 == mode


def write(path: Path, text: str, mode: int, *, group: str = "") -> None:
    """Owner and group stay those of the file that is there, unless a group is named."""
    owner = path.stat() if path.exists() else None
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        os.fchmod(descriptor, mode)
        if owner:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        if group:
            shutil.chown(descriptor, group=group)
        handle.write(text)
        handle.flush()
        os.fsync(descriptor)
    unfinished.rename(path)


def make_folder(path: Path, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)


def with_block(text: str, block: str, *, first: bool) -> str:
    """`text` with our lines in it, once, before all others or after them. What somebody else wrote stays."""
    ours = f"{_BEGIN}\n{block.strip()}\n{_END}\n"
    rest = re.sub(rf"{re.escape(_BEGIN)}\n.*?{re.escape(_END)}\n", "", text, flags=re.S)
    if _BEGIN in rest:
        raise SetupRefused(f"A line `{_BEGIN}` has lost its `{_END}`: take both and what is between out by hand.")
    if rest and not rest.endswith("\n"):
        rest += "\n"
    return ours + rest if first else rest + ours
