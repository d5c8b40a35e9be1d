"""Write down traces of a cut-off sensor, few rows for many knocks: a box that knocks must not fill the database."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F

from sensors.fleet.observations import Sighted
from sensors.models import Case, Gateway, Sighting

# Knocks with one certificate from one address within this time of the first are one row, which counts them.
FOLDED = timedelta(minutes=10)
MOST_A_MINUTE = 20
MOST_OF_A_CASE = 5_000
# A gateway's clock may be so far ahead. What it tells of a later time than that is not believed.
TOLERANCE = timedelta(minutes=2)

_Key = tuple[str, str]


def note_sightings(*, case: Case, gateway: Gateway | None, sighted: Iterable[Sighted], now: datetime) -> None:
    """Inside a transaction, which keeps two reports of one gateway apart. `gateway` None: the key service saw it.

    Told again it is not counted again: of one certificate and address only what is later than the last counts.
    """
    traces: defaultdict[_Key, list[Sighted]] = defaultdict(list)
    for one in sighted:
        traces[one.serial, one.source].append(one)
    room = _room(case, now)
    for key, told in traces.items():
        told.sort(key=lambda one: one.at)
        row = _latest(case, gateway, key)
        if row is not None:
            told = [one for one in told if one.at > (row.told_at or row.at)]
        if not told:
            continue
        if row is not None and now - row.first_at < FOLDED:
            _count(row, told, now)
        elif room > 0:
            room -= 1
            _new_row(case, gateway, told, now)
        elif (last := case.sightings.order_by("-pk").first()) is not None:
            # No more rows, but no knock is lost from the count.
            Sighting.objects.filter(pk=last.pk).update(times=F("times") + len(told), received_at=now)


def _room(case: Case, now: datetime) -> int:
    lately = case.sightings.filter(first_at__gt=now - timedelta(minutes=1)).count()
    return min(MOST_A_MINUTE - lately, MOST_OF_A_CASE - case.sightings.count())


def _latest(case: Case, gateway: Gateway | None, key: _Key) -> Sighting | None:
    serial, source = key
    return case.sightings.filter(gateway=gateway, serial=serial, source_address=source).order_by("-first_at").first()


def _new_row(case: Case, gateway: Gateway | None, told: list[Sighted], now: datetime) -> None:
    last = told[-1]
    Sighting.objects.create(
        case=case,
        gateway=gateway,
        source_address=last.source,
        serial=last.serial,
        first_at=now,
        at=_believable(last.at, case, now),
        told_at=last.at,
        received_at=now,
        times=len(told),
        line=last.line,
    )


def _count(row: Sighting, told: list[Sighted], now: datetime) -> None:
    row.times += len(told)
    row.at, row.told_at, row.received_at = _believable(told[-1].at, row.case, now), told[-1].at, now
    row.line = told[-1].line
    row.save(update_fields=["times", "at", "told_at", "received_at", "line"])


def _believable(told: datetime, case: Case, now: datetime) -> datetime:
    """When it was seen, as far as that can be true: not later than now, and not before there was a case."""
    return told if case.received_at - TOLERANCE <= told <= now + TOLERANCE else now
