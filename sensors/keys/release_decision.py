"""May this request have the disk key? Facts in, verdict out: no database, no clock, no network."""

from dataclasses import dataclass
from enum import StrEnum

from sensors.states import SensorState


class Outcome(StrEnum):
    RELEASED = "released"
    REFUSED = "refused"
    HELD = "held"


class Reason(StrEnum):
    ALL_FACTS_FIT = "all-facts-fit"
    PERMITTED_ONCE = "permitted-once"
    CASE_OPEN = "case-open"
    NOT_IN_SERVICE = "not-in-service"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_NOT_VALID_NOW = "certificate-not-valid-now"
    NOT_THROUGH_OWN_TUNNEL = "not-through-own-tunnel"
    PORTAL_RESTORED = "portal-restored"
    GATEWAY_REVOKED = "gateway-revoked"
    GATEWAY_SILENT = "gateway-silent"
    SESSION_NOT_YET_REPORTED = "session-not-yet-reported"
    TWO_PLACES = "two-places"
    PUBLIC_NETWORK_UNEXPECTED = "public-network-unexpected"
    ENROLLED_ANEW = "enrolled-anew"
    CHANGE_TOO_RECENT = "change-too-recent"


# How long a held sensor is asked to wait before it asks again, in seconds.
ASK_AGAIN_AFTER = {
    Reason.PORTAL_RESTORED: 60,
    # Until another machine has its gateway's place, and the box has enrolled again: no permit makes up for that.
    Reason.GATEWAY_REVOKED: 60,
    Reason.GATEWAY_SILENT: 5,
    Reason.SESSION_NOT_YET_REPORTED: 1,
    Reason.TWO_PLACES: 30,
    Reason.PUBLIC_NETWORK_UNEXPECTED: 30,
    Reason.ENROLLED_ANEW: 30,
    Reason.CHANGE_TOO_RECENT: 10,
}
# Held until somebody has looked.
FOR_PEOPLE = frozenset({Reason.TWO_PLACES, Reason.PUBLIC_NETWORK_UNEXPECTED, Reason.ENROLLED_ANEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known at this moment. None means "not known", and what is not known never passes."""

    state: SensorState
    case_open: bool
    certificate_revoked: bool
    certificate_valid_now: bool
    source_is_own_underlay_address: bool
    # From a backup, and nobody has said yet that all that was cut off since is known again.
    restoration_open: bool
    gateway_revoked: bool
    # From the gateway's answer to a question that was put to it after the request had come.
    gateway_answered: bool
    session_confirmed: bool
    two_places: bool
    public_address_expected: bool | None
    # The box came with a new code in the place of one that had a disk key, and only one person wanted that so far.
    enrolled_anew: bool
    # Somebody has looked and lets it have the key at just this public address, once.
    permitted_once: bool
    # Of all that people changed and that this would rest on, the customer's people were told long enough ago.
    changes_settled: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    reason: Reason

    @property
    def releases(self) -> bool:
        return self.outcome is Outcome.RELEASED


def decide(facts: Facts) -> Verdict:
    """The order matters: what cuts off is asked first, so that the reason given is the weightiest."""
    refusals = (
        (facts.case_open, Reason.CASE_OPEN),
        (facts.state is not SensorState.IN_SERVICE, Reason.NOT_IN_SERVICE),
        (facts.certificate_revoked, Reason.CERTIFICATE_REVOKED),
        (not facts.certificate_valid_now, Reason.CERTIFICATE_NOT_VALID_NOW),
        (not facts.source_is_own_underlay_address, Reason.NOT_THROUGH_OWN_TUNNEL),
    )
    for applies, reason in refusals:
        if applies:
            return Verdict(Outcome.REFUSED, reason)
    if facts.restoration_open:
        return Verdict(Outcome.HELD, Reason.PORTAL_RESTORED)
    if facts.gateway_revoked:
        return Verdict(Outcome.HELD, Reason.GATEWAY_REVOKED)
    if not facts.gateway_answered:
        return Verdict(Outcome.HELD, Reason.GATEWAY_SILENT)
    if not facts.session_confirmed or facts.public_address_expected is None:
        return Verdict(Outcome.HELD, Reason.SESSION_NOT_YET_REPORTED)
    for_people = (
        (facts.two_places, Reason.TWO_PLACES),
        (not facts.public_address_expected, Reason.PUBLIC_NETWORK_UNEXPECTED),
        (facts.enrolled_anew, Reason.ENROLLED_ANEW),
    )
    open_questions = [reason for applies, reason in for_people if applies]
    if open_questions and not facts.permitted_once:
        return Verdict(Outcome.HELD, open_questions[0])
    if not facts.changes_settled:
        return Verdict(Outcome.HELD, Reason.CHANGE_TOO_RECENT)
    return Verdict(Outcome.RELEASED, Reason.PERMITTED_ONCE if open_questions else Reason.ALL_FACTS_FIT)
