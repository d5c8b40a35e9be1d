"""What goes wrong in the laboratory, told so that the reader need not open a log first."""

from pathlib import Path


class LaboratoryBroken(Exception):
    """Something that the laboratory runs did not do what it should have done."""


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log for an error message; empty if there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
