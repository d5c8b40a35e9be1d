"""A secret in every spelling in which it could have been written down, looked for in files, memory and answers."""

import base64
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

CHUNK = 16 * 1024 * 1024


def spellings(secret: bytes) -> frozenset[bytes]:
    """Binary, hex, and base64 however it is aligned to what stands before it."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * shift + secret)
            # The characters at both ends also depend on the neighbours.
            found.add(text[4 if shift else 0 : len(text) // 4 * 4 - 4])
    return frozenset(found)


class Search:
    """For named secrets; an answer says where which was found."""

    def __init__(self, secrets: Mapping[str, bytes | str]) -> None:
        self._wanted: dict[str, frozenset[bytes]] = {}
        for name, secret in secrets.items():
            known = secret.encode() if isinstance(secret, str) else secret
            assert len(known) >= 16, f"{name} is too short to be looked for"
            self._wanted[name] = spellings(known)
        self._overlap = max(len(each) for wanted in self._wanted.values() for each in wanted)

    def in_bytes(self, content: bytes) -> set[str]:
        # PEM and mails break their lines in the middle of a secret.
        joined = content.replace(b"\n", b"")
        return {
            name for name, wanted in self._wanted.items() if any(each in content or each in joined for each in wanted)
        }

    def in_files(self, folders: Iterable[Path], *, but: Iterable[Path] = ()) -> set[tuple[str, str]]:
        """(secret, file); whole files, however large."""
        left_out = {path.resolve() for path in but}
        found = set()
        for path in _files(folders):
            if path.resolve() in left_out:
                continue
            for name in self._in_stream(_chunks(path)):
                found.add((name, str(path)))
        return found

    def in_memory(self, pid: int) -> set[str]:
        """Every readable page of a process, as a core dump would have it; only what is the process's own is read."""
        return self._in_stream(_memory(pid))

    def _in_stream(self, chunks: Iterator[bytes]) -> set[str]:
        found: set[str] = set()
        rest = b""
        for chunk in chunks:
            content = rest + chunk
            found |= self.in_bytes(content)
            rest = content[-self._overlap :]
        return found


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for top, _, names in os.walk(folder):
            yield from (path for name in names if (path := Path(top, name)).is_file() and not path.is_symlink())


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                # Disks are mostly holes, and no secret is made of zeros.
                yield chunk if chunk.strip(b"\0") else b""
    except FileNotFoundError:
        return  # a program tidied up meanwhile


def _memory(pid: int) -> Iterator[bytes]:
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith("r") or line.rstrip().endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(number, 16) for number in place.split("-"))
            yield from _region(memory.fileno(), start, end)


def _region(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        try:
            chunk = os.pread(descriptor, min(CHUNK, end - start), start)
        except OSError:
            return  # not backed by memory
        if not chunk:
            return
        yield chunk
        start += len(chunk)


def processes_of(leader: int) -> list[int]:
    """The leader and everybody in its process group: a server's workers."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [pid for pid, group in rows if group == leader]
