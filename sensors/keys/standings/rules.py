"""Each state as a condition on sensors, for lists. The rules themselves stand where others use them, too."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from pki.authority.x509 import Profile
from pki.models import Certificate
from sensors.fleet.queries import disk_is_readable, is_quiet, tunnels_that_are_up
from sensors.keys.held_keys import decisions_that_wait_for_people
from sensors.keys.standings.kinds import Standing
from sensors.models import Gateway
from sensors.models.gateway import is_silent
from sensors.states import SensorState

# A box renews its certificate when a third of its life is left, which is 30 days.
ENDS_WITHIN = timedelta(days=14)
_BY_STATE = {
    Standing.REPORTED: SensorState.REPORTED,
    Standing.CUT_OFF: SensorState.CUT_OFF,
    Standing.NOT_ENROLLED: SensorState.REGISTERED,
    Standing.RETURNED: SensorState.RETURNED,
    Standing.RETIRED: SensorState.RETIRED,
}
STANDING_OF_STATE = {state: standing for standing, state in _BY_STATE.items()}
IN_SERVICE = Q(state=SensorState.IN_SERVICE)


def gateways_not_known(now: datetime) -> frozenset[UUID]:
    """Those whose word on tunnels counts no more: silent, or revoked."""
    rows = Gateway.objects.order_by().values_list("pk", "revoked_at", "contact__last_report_at")
    return frozenset(pk for pk, revoked, last in rows if revoked or (last and is_silent(last, now)))


def certificate_ends(now: datetime) -> Q:
    """Also of one that has none which is good."""
    good = Certificate.objects.not_revoked().filter(
        profile=Profile.SENSOR, subject=OuterRef("subject"), not_after__gte=now + ENDS_WITHIN
    )
    return IN_SERVICE & ~Q(Exists(good))


def standing_rule(standing: Standing, *, now: datetime, elsewhere: Collection[UUID]) -> Q:
    """`elsewhere` are the keys of those that are not where they are expected, which no database finds by itself."""
    if standing in _BY_STATE:
        return Q(state=_BY_STATE[standing])
    if standing is Standing.CERTIFICATE:
        return certificate_ends(now)
    if standing is Standing.HELD:
        return IN_SERVICE & Q(pk__in=decisions_that_wait_for_people().values("sensor"))
    not_known = Q(gateway__in=gateways_not_known(now))
    if standing is Standing.UNKNOWN:
        return IN_SERVICE & not_known
    return IN_SERVICE & ~not_known & _of_tunnel(standing, now=now, elsewhere=elsewhere)


def _of_tunnel(standing: Standing, *, now: datetime, elsewhere: Collection[UUID]) -> Q:
    tunnels = tunnels_that_are_up().filter(sensor=OuterRef("pk"))
    is_elsewhere = Q(pk__in=elsewhere)
    if standing is Standing.SILENT:
        return ~Q(Exists(tunnels))
    if standing is Standing.QUIET:
        return Q(Exists(tunnels.filter(is_quiet(now))))
    if standing is Standing.ELSEWHERE:
        return is_elsewhere
    readable = Q(Exists(tunnels.filter(disk_is_readable())))
    if standing is Standing.CONNECTED:
        return readable & ~is_elsewhere
    return Q(Exists(tunnels)) & ~readable & ~is_elsewhere
