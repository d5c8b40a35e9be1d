"""The life of a sensor, as a table. `sensors.fleet.operations.change_state` is the only writer of the field."""

from enum import StrEnum


class SensorState(StrEnum):
    REGISTERED = "registered"  # known, has no certificate yet
    IN_SERVICE = "in-service"  # enrolled
    REPORTED = "reported"  # lost or stolen; withheld from the moment of the report
    CUT_OFF = "cut-off"  # every gateway has reported the session gone
    RETURNED = "returned"  # was cut off, was found; may enrol again
    RETIRED = "retired"


class ImpossibleChange(Exception):
    """The table does not know this change; the message names both states."""


CHANGES: frozenset[tuple[SensorState, SensorState]] = frozenset(
    {
        (SensorState.REGISTERED, SensorState.IN_SERVICE),
        (SensorState.REGISTERED, SensorState.REPORTED),
        (SensorState.IN_SERVICE, SensorState.REPORTED),
        (SensorState.REPORTED, SensorState.CUT_OFF),
        (SensorState.REGISTERED, SensorState.RETIRED),
        (SensorState.IN_SERVICE, SensorState.RETIRED),
        (SensorState.CUT_OFF, SensorState.RETIRED),
        (SensorState.CUT_OFF, SensorState.RETURNED),
        (SensorState.RETURNED, SensorState.IN_SERVICE),
        (SensorState.RETURNED, SensorState.REPORTED),
        (SensorState.RETURNED, SensorState.RETIRED),
    }
)

ENROLLABLE = frozenset({SensorState.REGISTERED, SensorState.RETURNED, SensorState.IN_SERVICE})
REPORTABLE = frozenset({SensorState.REGISTERED, SensorState.RETURNED, SensorState.IN_SERVICE})
CONNECTABLE = frozenset({SensorState.IN_SERVICE})


def check_change(before: SensorState, after: SensorState) -> None:
    if (before, after) not in CHANGES:
        raise ImpossibleChange(f"A sensor that is {before} cannot become {after}.")


class DiskState(StrEnum):
    """What a box says of its disk. An older kit says "open" of one that is mounted, too."""

    ABSENT = "absent"  # no disk with the UUID that was formatted
    LOCKED = "locked"
    OPEN = "open"
    MOUNTED = "mounted"


READABLE = frozenset({DiskState.OPEN, DiskState.MOUNTED})
