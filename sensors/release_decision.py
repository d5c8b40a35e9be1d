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
    GATEWAY_REVOKED = "gateway-revoked"
    GATEWAY_SILENT = "gateway-silent"
    SESSION_NOT_YET_REPORTED = "session-not-yet-reported"
    TWO_PLACES = "two-places"
    PUBLIC_NETWORK_UNEXPECTED = "public-network-unexpected"


# How long a held sensor is asked to wait before it asks again, in seconds.
ASK_AGAIN_AFTER = {
    # Until another machine has its gateway's place, and the box has enrolled anew: no permit makes up for that.
    Reason.GATEWAY_REVOKED: 60,
    Reason.GATEWAY_SILENT: 5,
    Reason.SESSION_NOT_YET_REPORTED: 1,
    Reason.TWO_PLACES: 30,
    Reason.PUBLIC_NETWORK_UNEXPECTED: 30,
}
# Held until somebody has looked.
FOR_PEOPLE = frozenset({Reason.TWO_PLACES, Reason.PUBLIC_NETWORK_UNEXPECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known at this moment. None means "not known", and what is not known never passes."""

    state: SensorState
    case_open: bool
    certificate_revoked: bool
    certificate_valid_now: bool
    source_is_own_underlay_address: bool
    gateway_revoked: bool
    # From the gateway's answer to a question that was put to it after the request had come.
    gateway_answered: bool
    session_confirmed: bool
    two_places: bool
    public_address_expected: bool | None
    # Somebody has looked and lets it have the key at just this public address, once.
    permitted_once: bool


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
    if facts.gateway_revoked:
        return Verdict(Outcome.HELD, Reason.GATEWAY_REVOKED)
    if not facts.gateway_answered:
        return Verdict(Outcome.HELD, Reason.GATEWAY_SILENT)
    if not facts.session_confirmed or facts.public_address_expected is None:
        return Verdict(Outcome.HELD, Reason.SESSION_NOT_YET_REPORTED)
    if facts.public_address_expected and not facts.two_places:
        return Verdict(Outcome.RELEASED, Reason.ALL_FACTS_FIT)
    if facts.permitted_once:
        return Verdict(Outcome.RELEASED, Reason.PERMITTED_ONCE)
    return Verdict(Outcome.HELD, Reason.TWO_PLACES if facts.two_places else Reason.PUBLIC_NETWORK_UNEXPECTED)
