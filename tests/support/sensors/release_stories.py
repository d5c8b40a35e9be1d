"""Requests for a disk key as they come about in life, one for each thing that can be wrong, and how each ends."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from pki.authority.operations.revoke_subject import revoke_subject
from pki.models import Certificate
from pki.models import Reason as RevocationReason
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.keys.confirmed_sessions import NOT_ASKED, Confirmation, EarlierSession
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import Answer, release_disk_key
from sensors.keys.release_decision import Outcome, Reason
from sensors.models import Sensor
from tests.support.fleet import ACTOR, Fleet, as_reported, confirmed, people_were_told, session_of


def ask_for_key(
    fleet: Fleet,
    sensor: Sensor,
    *,
    source: str | None = None,
    certificate: Certificate | None = None,
    confirmation: Confirmation | None = None,
) -> Answer:
    """Unless said otherwise, its gateway answers with what it has reported."""
    return release_disk_key(
        sensor=sensor,
        certificate=certificate or fleet.certificate_of(sensor),
        source=sensor.address if source is None else source,
        confirmation=confirmation or as_reported(sensor),
    )


def good(fleet: Fleet) -> Answer:
    return ask_for_key(fleet, fleet.connected())


def reported(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    fleet.reported(sensor)
    return ask_for_key(fleet, sensor)


def retired(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    retire_sensor(sensor=sensor, retired_by=ACTOR)
    return ask_for_key(fleet, sensor)


def revoked(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    revoke_subject(subject=sensor.subject, reason=RevocationReason.KEY_COMPROMISE, now=timezone.now())
    return ask_for_key(fleet, sensor, certificate=certificate)


def replaced(fleet: Fleet) -> Answer:
    """The box that was there before a new one enrolled in its place."""
    sensor = fleet.connected()
    old = fleet.certificate_of(sensor)
    fleet.enrol(sensor)
    return ask_for_key(fleet, sensor, certificate=old)


def expired(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    certificate.not_after = timezone.now() - timedelta(seconds=1)  # in memory: rows of certificates never change
    return ask_for_key(fleet, sensor, certificate=certificate)


def not_yet_valid(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    certificate.not_before = timezone.now() + timedelta(minutes=1)
    return ask_for_key(fleet, sensor, certificate=certificate)


def from_anothers_tunnel(fleet: Fleet) -> Answer:
    other = fleet.connected("box-2")
    return ask_for_key(fleet, fleet.connected(), source=other.address)


def around_the_tunnel(fleet: Fleet) -> Answer:
    return ask_for_key(fleet, fleet.connected(), source="198.51.100.21")


def before_the_gateways_report(fleet: Fleet) -> Answer:
    return ask_for_key(fleet, fleet.enrolled())


def after_the_session_ended(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    fleet.observe(down=[sensor.subject])
    return ask_for_key(fleet, sensor)


def of_a_session_with_another_address(fleet: Fleet) -> Answer:
    sensor = fleet.enrolled()
    fleet.observe(up=[session_of(sensor, address="10.88.200.200")])
    return ask_for_key(fleet, sensor)


def of_a_silent_gateway(fleet: Fleet) -> Answer:
    """However fresh its last report is."""
    return ask_for_key(fleet, fleet.connected(), confirmation=NOT_ASKED)


def over_a_session_that_began_after_the_connection(fleet: Fleet) -> Answer:
    """Somebody else had the address when the request was made."""
    sensor = fleet.connected()
    return ask_for_key(fleet, sensor, confirmation=confirmed(sensor, age_ms=400, connection_ms=400))


def while_another_box_was_live_elsewhere(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    before = EarlierSession("198.51.100.77", ended_ms_ago=700, quiet_ms=3_000)
    return ask_for_key(fleet, sensor, confirmation=confirmed(sensor, earlier=(before,)))


def by_one_of_two_that_take_turns(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    before = tuple(
        EarlierSession(place, ended_ms_ago=ago, quiet_ms=20_000)
        for place, ago in (("198.51.100.21", 240_000), ("198.51.100.77", 60_000))
    )
    return ask_for_key(fleet, sensor, confirmation=confirmed(sensor, earlier=before))


def after_the_router_got_a_new_address(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    before = EarlierSession("203.0.113.9", ended_ms_ago=60_000, quiet_ms=45_000)
    return ask_for_key(fleet, sensor, confirmation=confirmed(sensor, earlier=(before,)))


def after_a_restart_of_the_tunnel(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    before = EarlierSession("198.51.100.21", ended_ms_ago=300, quiet_ms=300)
    return ask_for_key(fleet, sensor, confirmation=confirmed(sensor, earlier=(before, before)))


def from_elsewhere(fleet: Fleet) -> Answer:
    return ask_for_key(fleet, fleet.connected(public_address="203.0.113.9"))


def from_another_customers_site(fleet: Fleet) -> Answer:
    return ask_for_key(fleet, fleet.connected(public_address="198.51.100.22"))


def from_ipv6_elsewhere(fleet: Fleet) -> Answer:
    return ask_for_key(fleet, fleet.connected(public_address="2001:db8::1"))


REFUSED, HELD = Outcome.REFUSED, Outcome.HELD


def from_elsewhere_as_somebody_permitted(fleet: Fleet) -> Answer:
    sensor = fleet.connected(public_address="203.0.113.9")
    ask_for_key(fleet, sensor)
    permit_release(sensor=sensor, public_address="203.0.113.9", permitted_by=fleet.world.manager)
    return ask_for_key(fleet, sensor)


def after_a_stranger_enrolled_in_its_place(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    ask_for_key(fleet, sensor)
    fleet.enrol(sensor)
    fleet.observe(up=[session_of(sensor)])
    people_were_told()
    return ask_for_key(fleet, sensor)


def from_elsewhere_by_a_permit_of_this_moment(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    ask_for_key(fleet, sensor)
    fleet.observe(up=[session_of(sensor, "203.0.113.9")])
    ask_for_key(fleet, sensor)
    permit_release(sensor=sensor, public_address="203.0.113.9", permitted_by=fleet.world.manager)
    return ask_for_key(fleet, sensor)


def of_a_revoked_gateway(fleet: Fleet) -> Answer:
    """It would still answer for the session."""
    place = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.89.0.0/16", base_networks=[], registered_by=ACTOR
    )
    sensor = register_sensor(site=fleet.world.quay, gateway=place, name="there", line="2.4", registered_by=ACTOR)
    fleet.enrol(sensor)
    revoke_gateway(gateway=place, reason="Stolen.", revoked_by=fleet.world.operator)
    return ask_for_key(fleet, sensor, confirmation=confirmed(sensor))


STORIES: list[tuple[Callable[[Fleet], Answer], Outcome, Reason]] = [
    (good, Outcome.RELEASED, Reason.ALL_FACTS_FIT),
    (reported, REFUSED, Reason.CASE_OPEN),
    (retired, REFUSED, Reason.NOT_IN_SERVICE),
    (revoked, REFUSED, Reason.CERTIFICATE_REVOKED),
    (replaced, REFUSED, Reason.CERTIFICATE_REVOKED),
    (expired, REFUSED, Reason.CERTIFICATE_NOT_VALID_NOW),
    (not_yet_valid, REFUSED, Reason.CERTIFICATE_NOT_VALID_NOW),
    (from_anothers_tunnel, REFUSED, Reason.NOT_THROUGH_OWN_TUNNEL),
    (around_the_tunnel, REFUSED, Reason.NOT_THROUGH_OWN_TUNNEL),
    (before_the_gateways_report, HELD, Reason.SESSION_NOT_YET_REPORTED),
    (after_the_session_ended, HELD, Reason.SESSION_NOT_YET_REPORTED),
    (of_a_session_with_another_address, HELD, Reason.SESSION_NOT_YET_REPORTED),
    (of_a_silent_gateway, HELD, Reason.GATEWAY_SILENT),
    (of_a_revoked_gateway, HELD, Reason.GATEWAY_REVOKED),
    (over_a_session_that_began_after_the_connection, HELD, Reason.SESSION_NOT_YET_REPORTED),
    (while_another_box_was_live_elsewhere, HELD, Reason.TWO_PLACES),
    (by_one_of_two_that_take_turns, HELD, Reason.TWO_PLACES),
    (after_the_router_got_a_new_address, Outcome.RELEASED, Reason.ALL_FACTS_FIT),
    (after_a_restart_of_the_tunnel, Outcome.RELEASED, Reason.ALL_FACTS_FIT),
    (from_elsewhere_as_somebody_permitted, Outcome.RELEASED, Reason.PERMITTED_ONCE),
    (after_a_stranger_enrolled_in_its_place, HELD, Reason.ENROLLED_ANEW),
    (from_elsewhere_by_a_permit_of_this_moment, HELD, Reason.CHANGE_TOO_RECENT),
    (from_elsewhere, HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
    (from_another_customers_site, HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
    (from_ipv6_elsewhere, HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
]
