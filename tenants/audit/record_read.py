"""A member of staff looks at a list that speaks of people: who, which list, by which filter."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tenants.audit.record_audit import record_provider_audit
from tenants.models import Person, StaffRead
from tenants.validators import shown

# The same list by the same filter is one row in this time, and so many rows in it are all that one person can make: the
# trail cannot be grown at will, and says itself where it has a gap.
WINDOW = timedelta(minutes=10)
MOST = 20
LONGEST, MOST_WORDS = 80, 10


def record_read(*, reader: Person, listing: str, asked: Mapping[str, Sequence[str]]) -> None:
    """Outside of any transaction, and before the list is shown: without its row nobody has read it.

    In the provider's chain, since such a list speaks of all customers' people. What was asked is free text, so it is
    cleaned and cut.
    """
    everything = json.dumps([listing, {name: list(values) for name, values in asked.items()}], sort_keys=True)
    digest = hashlib.sha256(everything.encode()).hexdigest()
    # Looked at first without a lock: most reads are of a list that was read a moment ago.
    if not _of_late(reader).filter(asked=digest).exists():
        _write(reader, listing, _in_words(asked), digest)


@transaction.atomic(durable=True)
def _write(reader: Person, listing: str, words: dict[str, str], digest: str) -> None:
    # The person before the chain, as everywhere. What refers to the person does not wait.
    Person.objects.select_for_update(no_key=True).get(pk=reader.pk)
    StaffRead.objects.filter(reader=reader, at__lte=timezone.now() - WINDOW).delete()
    number = _of_late(reader).count()
    if number > MOST or _of_late(reader).filter(asked=digest).exists():
        return
    StaffRead.objects.create(reader=reader, listing=listing, asked=digest, at=timezone.now())
    record_provider_audit(
        actor=reader.actor,
        action="list:read",
        subject=listing,
        details={"asked": words} if number < MOST else {"reason": f"more in these {WINDOW.seconds // 60} minutes"},
    )


def _of_late(reader: Person) -> QuerySet[StaffRead]:
    return StaffRead.objects.filter(reader=reader, at__gt=timezone.now() - WINDOW)


def _in_words(asked: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {shown(name, LONGEST): shown(", ".join(asked[name]), LONGEST) for name in sorted(asked)[:MOST_WORDS]}
