"""The releases of Debian that packages are made for.

This folder is no package of Python's: PyPI has one of its name, which is to win.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    number: str
    # As of its first point release: what is locked depends on it (`async-timeout` before 3.11.3).
    python: str
    # The C library's, which tells the wheels that run there.
    glibc: str


RELEASES = {
    "bookworm": Release(number="12", python="3.11.2", glibc="2.36"),
    "trixie": Release(number="13", python="3.13.5", glibc="2.41"),
}
