from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pki.authority.time_stamps import QueryRefused, TimeSigner, stamp
from pki.models import TimeQuery

# One run holds up the certificates that wait behind it by some hundredths of a second.
_AT_ONCE = 250


@transaction.atomic(durable=True)
def answer_time_queries(*, time_signer: Callable[[], TimeSigner], now: datetime) -> int:
    """How many were answered, each with the time at which that was done. What nobody waits for any more is forgotten.

    `time_signer` is asked for one only if there is something to sign.
    """
    TimeQuery.objects.too_old(now).delete()
    waiting = list(TimeQuery.objects.waiting().order_by("pk")[:_AT_ONCE])
    if not waiting:
        return 0
    signer = time_signer()
    answered = [row for row in waiting if _answer(row, signer)]
    TimeQuery.objects.bulk_update(answered, ["reply"])
    return len(answered)


def _answer(row: TimeQuery, signer: TimeSigner) -> bool:
    try:
        row.reply = stamp(query=bytes(row.query), signer=signer, now=timezone.now())
    except QueryRefused:
        # The door looks before it asks, but it may be somebody else's by now.
        row.delete()
        return False
    return True
