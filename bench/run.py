"""What a group of figures is given: how thoroughly to measure, and on what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One group's run. `quick` shows that everything works; its figures mean nothing."""

    database_url: str
    broker_url: str
    quick: bool

    def size(self, full: int, quick: int) -> int:
        """How many, or how large."""
        return quick if self.quick else full
