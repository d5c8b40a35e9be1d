"""What one release of Debian needs of requirements.txt, pinned and with its hashes, for pip.

pip asks the Python that it runs on whether a line is meant for it, also when it downloads for another one, so that is
decided here. With `--for FOLDER` only what the modules there import, and what that asks for, as the lock says itself.

    locked_packages.py RELEASE [--for FOLDER] < requirements.txt
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from releases import RELEASES


@dataclass(frozen=True)
class Pin:
    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    asked_for_by: frozenset[str]

    def as_line(self) -> str:
        return " ".join((f"{self.name}=={self.version}", *(f"--hash=sha256:{digest}" for digest in self.hashes)))


def read_pins(lock: str) -> Iterator[Pin]:
    """Raises ValueError for a package without a hash."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if not (head := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)(?: ; (.*?))? \\", block)):
            continue
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
        if not hashes:
            raise ValueError(f"{head[1]} has no hash in the lock: run script/lock.")
        _, _, comment = block.partition("# via")
        asked_for_by = frozenset(re.findall(r"^(?: +#)? +([\w.-]+)", comment, re.M))
        yield Pin(head[1], head[2], head[3] or "", tuple(hashes), asked_for_by)


def meant_for(pin: Pin, release: str) -> bool:
    python = RELEASES[release].python
    environment = {
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    return not pin.marker or Marker(pin.marker).evaluate(environment)


def imported_by(folder: Path) -> set[str]:
    """Packages that are neither Python's own nor the folder itself."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {folder.name}


def only_needed_by(roots: set[str], pins: list[Pin]) -> list[Pin]:
    """Raises ValueError for a root that the lock does not name."""
    if unknown := roots - {pin.name for pin in pins}:
        raise ValueError(f"requirements.txt does not pin {', '.join(sorted(unknown))}.")
    needed = set(roots)
    while more := {pin.name for pin in pins if pin.asked_for_by & needed} - needed:
        needed |= more
    return [pin for pin in pins if pin.name in needed]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("release", choices=RELEASES)
    parser.add_argument("--for", dest="folder", type=Path)
    arguments = parser.parse_args()
    pins = [pin for pin in read_pins(sys.stdin.read()) if meant_for(pin, arguments.release)]
    if arguments.folder:
        pins = only_needed_by(imported_by(arguments.folder), pins)
    sys.stdout.writelines(f"{pin.as_line()}\n" for pin in sorted(pins, key=lambda pin: pin.name))


if __name__ == "__main__":
    main()
