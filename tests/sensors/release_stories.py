"""Requests for a disk key as they come about in life, one for each thing that can be wrong, and how each ends."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from pki.models import Certificate
from pki.models import Reason as RevocationReason
from pki.operations.revoke_certificate import revoke_certificate
from sensors.models import GatewayContact, Sensor
from sensors.operations.permit_release import permit_release
from sensors.operations.release_disk_key import Answer, release_disk_key
from sensors.operations.retire_sensor import retire_sensor
from sensors.release_decision import Outcome, Reason
from tests.fleet import ACTOR, Fleet, session_of


def ask(fleet: Fleet, sensor: Sensor, *, source: str | None = None, certificate: Certificate | None = None) -> Answer:
    return release_disk_key(
        sensor=sensor,
        certificate=certificate or fleet.certificate_of(sensor),
        source=sensor.address if source is None else source,
    )


def good(fleet: Fleet) -> Answer:
    return ask(fleet, fleet.connected())


def reported(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    fleet.reported(sensor)
    return ask(fleet, sensor)


def retired(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    retire_sensor(sensor=sensor, retired_by=ACTOR)
    return ask(fleet, sensor)


def revoked(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    revoke_certificate(
        certificate=fleet.certificate_of(sensor), reason=RevocationReason.KEY_COMPROMISE, now=timezone.now()
    )
    return ask(fleet, sensor)


def replaced(fleet: Fleet) -> Answer:
    """The box that was there before a new one enrolled in its place."""
    sensor = fleet.connected()
    old = fleet.certificate_of(sensor)
    fleet.enrol(sensor)
    return ask(fleet, sensor, certificate=old)


def expired(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    certificate.not_after = timezone.now() - timedelta(seconds=1)  # in memory: rows of certificates never change
    return ask(fleet, sensor, certificate=certificate)


def not_yet_valid(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    certificate = fleet.certificate_of(sensor)
    certificate.not_before = timezone.now() + timedelta(minutes=1)
    return ask(fleet, sensor, certificate=certificate)


def from_anothers_tunnel(fleet: Fleet) -> Answer:
    other = fleet.connected("box-2")
    return ask(fleet, fleet.connected(), source=other.address)


def around_the_tunnel(fleet: Fleet) -> Answer:
    return ask(fleet, fleet.connected(), source="198.51.100.21")


def before_the_gateways_report(fleet: Fleet) -> Answer:
    return ask(fleet, fleet.enrolled())


def after_the_session_ended(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    fleet.observe(down=[sensor.subject])
    return ask(fleet, sensor)


def of_a_session_with_another_address(fleet: Fleet) -> Answer:
    sensor = fleet.enrolled()
    fleet.observe(up=[session_of(sensor, address="10.88.200.200")])
    return ask(fleet, sensor)


def of_a_silent_gateway(fleet: Fleet) -> Answer:
    sensor = fleet.connected()
    GatewayContact.objects.update(last_report_at=timezone.now() - timedelta(seconds=95))
    return ask(fleet, sensor)


def from_elsewhere(fleet: Fleet) -> Answer:
    return ask(fleet, fleet.connected(public_address="203.0.113.9"))


def from_another_customers_site(fleet: Fleet) -> Answer:
    return ask(fleet, fleet.connected(public_address="198.51.100.22"))


def from_ipv6_elsewhere(fleet: Fleet) -> Answer:
    return ask(fleet, fleet.connected(public_address="2001:db8::1"))


REFUSED, HELD = Outcome.REFUSED, Outcome.HELD


def from_elsewhere_as_somebody_permitted(fleet: Fleet) -> Answer:
    sensor = fleet.connected(public_address="203.0.113.9")
    ask(fleet, sensor)
    permit_release(sensor=sensor, public_address="203.0.113.9", permitted_by=fleet.world.manager)
    return ask(fleet, sensor)


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
    (of_a_silent_gateway, HELD, Reason.SESSION_NOT_YET_REPORTED),
    (from_elsewhere_as_somebody_permitted, Outcome.RELEASED, Reason.PERMITTED_ONCE),
    (from_elsewhere, HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
    (from_another_customers_site, HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
    (from_ipv6_elsewhere, HELD, Reason.PUBLIC_NETWORK_UNEXPECTED),
]
