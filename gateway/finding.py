"""One thing that `check` has looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not right says in its text how to mend it."""

    right: bool
    text: str
