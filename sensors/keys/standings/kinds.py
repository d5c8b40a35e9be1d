"""The states by which a fleet is counted and looked through. `live_status` says the same of one sensor."""

from enum import StrEnum

from sensors.fleet.live_status import Status


class Standing(StrEnum):
    """As they are written in addresses; in the order in which somebody looks."""

    ELSEWHERE = "not-where-expected"
    HELD = "key-held"
    SILENT = "not-connected"
    UNKNOWN = "not-known"
    QUIET = "quiet"
    CERTIFICATE = "certificate-ends"
    REPORTED = "being-cut-off"
    CUT_OFF = "cut-off"
    LOCKED = "disk-not-open"
    CONNECTED = "connected"
    NOT_ENROLLED = "not-enrolled"
    RETURNED = "given-back"
    RETIRED = "retired"

    @property
    def words(self) -> str:
        return _WORDS.get(self, self.value.replace("-", " ").capitalize())

    @property
    def style(self) -> Status:
        return _STYLES[self]


_WORDS = {Standing.CERTIFICATE: "Certificate ends", Standing.QUIET: "Tells nothing of itself"}
_STYLES = {
    Standing.ELSEWHERE: Status.WARNING,
    Standing.HELD: Status.WARNING,
    Standing.SILENT: Status.WARNING,
    Standing.UNKNOWN: Status.WARNING,
    Standing.QUIET: Status.WARNING,
    Standing.CERTIFICATE: Status.WARNING,
    Standing.REPORTED: Status.CUTTING,
    Standing.CUT_OFF: Status.CUT,
    Standing.LOCKED: Status.PENDING,
    Standing.CONNECTED: Status.OK,
    Standing.NOT_ENROLLED: Status.PENDING,
    Standing.RETURNED: Status.PENDING,
    Standing.RETIRED: Status.OFF,
}
# What a sensor can be beside its state: one that is connected may be quiet, and have its key held.
BESIDE = frozenset({Standing.HELD, Standing.QUIET, Standing.CERTIFICATE})
