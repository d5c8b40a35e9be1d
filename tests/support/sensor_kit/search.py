"""Looks for a disk key where it must not be: files, and arguments, environment and memory of processes."""

import base64
import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path


def forms_of(key: bytes) -> list[bytes]:
    """The key and its beginning: as it is, in hexadecimal, in both alphabets of base64."""
    forms: list[bytes] = []
    for part in (key, key[:24], key[24:48]):
        text = base64.b64encode(part).rstrip(b"=")
        forms += [part, part.hex().encode(), part.hex().upper().encode(), text]
        forms.append(base64.urlsafe_b64encode(part).rstrip(b"="))
    return forms


def has_any(content: bytes, forms: list[bytes]) -> bool:
    return any(form in content for form in forms)


def find_in_files(folder: Path, key: bytes) -> list[Path]:
    forms = forms_of(key)
    return [path for path in folder.rglob("*") if path.is_file() and has_any(path.read_bytes(), forms)]


def descendants(pid: int) -> Iterator[int]:
    """`pid` and all that it started, as far as they still live."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in task.read_text().split():
                yield from descendants(int(child))


def is_pausing(pid: int) -> bool:
    """Whether the kit's shell waits for its sleep, and has set its trap for TERM (proc(5): SigCgt is a mask)."""
    with contextlib.suppress(OSError):
        names = [Path(f"/proc/{each}/comm").read_text().strip() for each in descendants(pid)]
        caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return names[1:] == ["sleep"] and caught is not None and bool(int(caught[1], 16) >> signal.SIGTERM - 1 & 1)
    return False


def find_in_processes(pid: int, key: bytes) -> list[str]:
    """The names of arguments and environments below `pid` that hold the key."""
    forms = forms_of(key)
    found = []
    for process in descendants(pid):
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                if has_any(Path(f"/proc/{process}/{name}").read_bytes(), forms):
                    found.append(name)
    return found


def find_in_shells(pid: int, key: bytes) -> tuple[int, int]:
    """How many shells below `pid` were searched, and how many of them hold the key in their memory."""
    searched = holding = 0
    for process in descendants(pid):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{process}/exe").resolve().name not in {"dash", "sh", "bash", "busybox"}:
                continue
            searched += 1
            holding += has_any(read_memory(process), forms_of(key))
    return searched, holding


def read_memory(pid: int) -> bytes:
    content = b""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in re.findall(r"^(\w+)-(\w+) rw", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE):
            with contextlib.suppress(OSError):
                memory.seek(int(start, 16))
                content += memory.read(int(end, 16) - int(start, 16))
    return content
