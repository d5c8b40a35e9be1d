"""Keys by which programs send a report again: draft-ietf-httpapi-idempotency-key-header-07.

A report is one for each box as long as its case is open, with a key or without. What the key keeps apart is a report
that is sent again after the case was closed from a new one: the box may be back in service by then.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from sensors.models import Case, ReportKey, Sensor
from tenants.models import Person

KEPT = timedelta(hours=24)
LONGEST = 255


class KeyRefused(ValueError):
    """No key that can be kept apart from others; the message says how one looks."""


class KeyOfAnotherReport(Exception):
    """The same person has used it for another box or with other words."""


class KeyInFlight(Exception):
    """At this moment, for another box."""


@dataclass(frozen=True, slots=True)
class RepeatedBy:
    """`key_hash` is of the key, `content_hash` of what it came with."""

    key_hash: str
    content_hash: str


def read_key(header: str | None, *, sensor: Sensor, content: Mapping[str, str]) -> RepeatedBy | None:
    """None without a header. Quotes around it, as the draft has them, are no part of it. Raises KeyRefused."""
    if header is None:
        return None
    text = header.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not 1 <= len(text) <= LONGEST or not all("!" <= character <= "~" for character in text):
        raise KeyRefused(f"An Idempotency-Key has 1 to {LONGEST} visible characters of ASCII, such as a UUID.")
    sent = json.dumps([str(sensor.pk), dict(content)], sort_keys=True)
    return RepeatedBy(_hash(text), _hash(sent))


def case_of_key(*, repeated_by: RepeatedBy, person: Person) -> Case | None:
    """Under the lock of the sensor. Raises KeyOfAnotherReport."""
    since = timezone.now() - KEPT
    ReportKey.objects.filter(person=person, made_at__lte=since).delete()
    row = ReportKey.objects.filter(person=person, key_hash=repeated_by.key_hash).select_related("case").first()
    if row is None:
        return None
    if row.content_hash != repeated_by.content_hash:
        raise KeyOfAnotherReport
    return row.case


def keep_key(*, repeated_by: RepeatedBy, person: Person, case: Case) -> None:
    """In the transaction of the report. Raises KeyInFlight."""
    try:
        with transaction.atomic():
            ReportKey.objects.create(
                person=person,
                key_hash=repeated_by.key_hash,
                content_hash=repeated_by.content_hash,
                case=case,
                made_at=timezone.now(),
            )
    except IntegrityError:
        raise KeyInFlight from None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
