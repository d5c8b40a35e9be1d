"""Tell the operators of certificates that end soon and that no box renews: gateways', doors', the authority's own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from notices.models import Mail
from notices.operations.queue_mails import queue_mails
from pki.authority.x509 import Profile
from pki.models import Authority, Certificate, NoAuthority
from sensors.models import Gateway
from tenants.audiences import operators_to_tell

# One mail when so many days are left. A gateway's and a door's should have been renewed long before the first.
WARN_AT_DAYS = (30, 14, 3)


class Ending(NamedTuple):
    kind: str  # gateway, door or authority
    name: str
    ends: datetime


def warn_of_certificates(*, now: datetime) -> int:
    """How many were told of. Each at each of the three times once, whatever is started again in between."""
    return sum(_warn(ending, days, now) for ending in _ending() if (days := _days_left(ending, now)) is not None)


def _days_left(ending: Ending, now: datetime) -> int | None:
    """The latest of the three times that has come; None before the first."""
    return min((days for days in WARN_AT_DAYS if ending.ends <= now + timedelta(days=days)), default=None)


def _ending() -> Iterator[Ending]:
    """Of each machine what lasts longest of what is good."""
    serving = dict(Gateway.objects.serving().values_list("subject", "name"))
    good = Certificate.objects.not_revoked().filter(profile__in=(Profile.GATEWAY, Profile.DOOR)).order_by()
    for profile, subject, ends in good.values_list("profile", "subject").annotate(Max("not_after")):
        if profile == Profile.DOOR or subject in serving:
            yield Ending(profile, serving.get(subject, subject), ends)
    try:
        authority = Authority.objects.current()
    except NoAuthority:
        return
    yield Ending("authority", authority.name, authority.certificate.not_valid_after_utc)


@transaction.atomic
def _warn(ending: Ending, days: int, now: datetime) -> bool:
    about = f"{ending.kind}:{ending.name[:30]}:{ending.ends:%Y%m%dT%H%M%S}:{days}"
    if Mail.objects.filter(about=about).exists():
        return False
    queue_mails(
        recipients=operators_to_tell(),
        template="certificate_ends",
        about=about,
        context={"ending": ending, "days": max(0, (ending.ends - now).days), "over": ending.ends <= now},
    )
    return True
