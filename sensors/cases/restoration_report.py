"""What a person has to look at after a restoration: what was cut off since the backup, and what nobody can know."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from pki.models import Certificate, Reason, RecalledSerials, Restoration, Revocation, WrappedKey
from pki.models.wrapped_key import DISK_KEY
from sensors.models import Gateway, Sensor
from sensors.states import CONNECTABLE
from tenants.models import Person


def restoration_report(*, restoration: Restoration) -> Iterator[str]:
    """One line for each."""
    since = f"{restoration.backup_made_at:%Y-%m-%d %H:%M} UTC"
    for sensor in _without_certificate():
        yield f"{sensor.subject} ({sensor.name}, {sensor.customer.name}): {_what_became_of(sensor)}"
    for told in RecalledSerials.objects.filter(restoration=restoration).order_by("told_by", "part").iterator():
        total, unknown = len(told.serials), len(told.serials) - _known(told.serials)
        yield (
            f"The gateway {told.told_by} knows {total} serials as revoked, {unknown} of them of certificates that were"
            " made after the backup, or are not ours."
        )
    good = Certificate.objects.not_revoked().filter(subject=OuterRef("subject"))
    for gateway in Gateway.objects.serving().filter(~Exists(good)).order_by("name"):
        yield f"Shut out, since the certificate of the gateway {gateway.name} is revoked. If it is gone, revoke it."
    for gateway in Gateway.objects.serving().filter(Exists(good)).order_by("name"):
        yield f"The gateway {gateway.name}: is it still yours? One that was revoked since {since} has to be again."
    for sensor in _without_key():
        yield f"{sensor.subject} ({sensor.name}) has no disk key here: one made since {since} is lost with its disk."
    yield f"Boxes and gateways that were registered, enrolled or renewed since {since} are unknown: enrol them again."
    yield f"Reports of theft since {since} are known by their revocations alone: report those boxes again."
    yield (
        f"{Person.objects.filter(is_active=True).count()} people may sign in, with the password and second factor of"
        f" {since}: disable those who had left since."
    )
    yield f"Networks, policies and customers are those of {since}."


def _without_certificate() -> QuerySet[Sensor]:
    """In service by this database, and yet no certificate of theirs is good."""
    good = Certificate.objects.not_revoked().filter(subject=OuterRef("subject"))
    rows = Sensor.objects.filter(~Exists(good), state__in=CONNECTABLE)
    return rows.select_related("site__customer").order_by("subject")


def _what_became_of(sensor: Sensor) -> str:
    reasons = set(Revocation.objects.of_subject(sensor.subject).values_list("reason", flat=True))
    if Reason.KEY_COMPROMISE in reasons:
        return (
            "reported as lost or stolen since the backup. It stays shut out: report it again, so that there is a case."
        )
    return (
        "revoked since the backup; its gateway does not say why. Report it if it is gone, enrol it again if it is not."
    )


def _without_key() -> QuerySet[Sensor]:
    keys = WrappedKey.objects.filter(purpose=DISK_KEY, subject=OuterRef("subject"))
    return Sensor.objects.filter(~Exists(keys), state__in=CONNECTABLE).order_by("subject")


def _known(serials: list[str]) -> int:
    return sum(
        Certificate.objects.filter(serial__in=serials[start : start + 500]).count()
        for start in range(0, len(serials), 500)
    )
