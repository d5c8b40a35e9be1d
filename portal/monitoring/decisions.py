"""How many decisions on disk keys there have been since the beginning, without counting all rows each time."""

import threading
from collections import Counter
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from sensors.models import DiskKeyRelease

# No transaction that writes one is open for so long: below the last row that is older, none comes any more.
SETTLED_AFTER = timedelta(minutes=10)

Decision = tuple[str, str]


class DecisionCounts:
    """One for a process. A repetition that was counted in an earlier row is no decision of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settled: Counter[Decision] = Counter()
        self._until = 0

    def read(self) -> Counter[Decision]:
        """By outcome and reason. Two queries; the first time over all rows, later over those of some minutes."""
        with self._lock:
            newer = DiskKeyRelease.objects.filter(pk__gt=self._until).order_by()
            older = Q(at__lt=timezone.now() - SETTLED_AFTER)
            until = newer.aggregate(last=Max("pk", filter=older))["last"] or self._until
            rows = newer.values_list("outcome", "reason").annotate(
                settled=Count("pk", filter=Q(pk__lte=until)), all=Count("pk")
            )
            found = Counter(self._settled)
            for outcome, reason, settled, every in rows:
                found[outcome, reason] += every
                self._settled[outcome, reason] += settled
            self._until = until
            return found
