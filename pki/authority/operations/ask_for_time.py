from datetime import datetime
from hashlib import sha256

from django.db import transaction

from pki.authority.time_stamps import check_query
from pki.models import TimeQuery

# Far more than boxes ever ask at once; the signer answers as many within a second.
MOST_WAITING = 500


class TooManyAsk(Exception):
    """So many questions wait that another one would not be answered in time."""


@transaction.atomic(durable=True)
def ask_for_time(*, query: bytes, now: datetime) -> TimeQuery:
    """The question that waits for the signer, or, for one that came before, the same one again.

    Raises QueryRefused or TooManyAsk. What it costs us is bounded: the one who asks is a stranger.
    """
    check_query(query)
    digest = sha256(query).hexdigest()
    earlier = TimeQuery.objects.filter(digest=digest).first()
    if earlier is not None:
        return earlier
    if TimeQuery.objects.waiting().count() >= MOST_WAITING:
        raise TooManyAsk
    row, _ = TimeQuery.objects.get_or_create(digest=digest, defaults={"query": query, "asked_at": now})
    return row
