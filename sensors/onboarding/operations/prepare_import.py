"""Look through a file of sites, people and boxes, and keep what it says until somebody confirms it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sensors.models import ImportPart, ImportRun
from sensors.onboarding.check_rows import Found, RowCheck
from sensors.onboarding.columns import Column, Fault, Kind, Row, rows_of
from sensors.onboarding.operations.drop_import import drop_import
from sensors.onboarding.read_file import read_file
from tenants.models import Customer, Person
from tenants.validators import shown

# How many rows become true together. Boxes hold the row of their gateway so long, for which a cut-off there waits;
# people hold the provider's audit chain.
TOGETHER = {Kind.SITE: 10, Kind.PERSON: 1, Kind.BOX: 10}
MOST_FAULTS = 200
_UNDER_WAY = "An import for this customer is under way. Let it come to its end, or stop it."


class FaultyRows(ValidationError):
    """Some rows cannot become true, so none does. At most `MOST_FAULTS` of them are told."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("Nothing was imported: some rows have to be mended first.")
        self.faults = faults[:MOST_FAULTS]
        self.more = len(faults) - len(self.faults)


def prepare_import(*, customer: Customer, file: IO[bytes], file_name: str, uploaded_by: Person) -> ImportRun:
    """Nothing of what the file says is written yet; the file itself is not kept.

    The caller has made sure that `uploaded_by` may add sites and sensors there. In the place of one that nobody has
    confirmed. Raises Unreadable, FaultyRows, and other ValidationErrors.
    """
    notes: list[str] = []
    faults: list[Fault] = []
    tables, digest = read_file(file, file_name, notes)
    rows = rows_of(tables, faults, notes)
    found = RowCheck(customer=customer, person=uploaded_by, faults=faults).look_through(rows)
    if found.faults:
        raise FaultyRows(sorted(found.faults, key=lambda fault: (fault.sheet, fault.row)))
    return _keep(
        found,
        customer=customer,
        uploaded_by=uploaded_by,
        file_name=shown(file_name, 120) or "file",
        digest=digest,
        notes=notes,
    )


@transaction.atomic(durable=True)
def _keep(found: Found, *, customer: Customer, **facts: Any) -> ImportRun:
    before = ImportRun.objects.select_for_update().open().filter(customer=customer).first()
    if before and before.confirmed_at:
        raise ValidationError(_UNDER_WAY)
    if before:
        drop_import(run=before.pk, dropped_by=facts["uploaded_by"])
    counts = {name: len(found.new[kind]) for name, kind in _COUNTS.items()}
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(customer=customer, there_already=found.there_already, **counts, **facts)
    except IntegrityError:
        raise ValidationError(_UNDER_WAY) from None
    parts = (ImportPart(run=run, rows=rows, count=len(rows)) for rows in _parts(found))
    ImportPart.objects.bulk_create(parts, batch_size=100)
    return run


_COUNTS = {"sites": Kind.SITE, "people": Kind.PERSON, "boxes": Kind.BOX}


def _parts(found: Found) -> Iterator[list[dict[str, Any]]]:
    """Sites come first, since boxes stand at them. Boxes of one gateway together: a part takes one gateway's lock."""
    for kind, rows in found.new.items():
        for _, alike in groupby(sorted(rows, key=_gateway), key=_gateway):
            yield from _batches(alike, TOGETHER[kind])


def _gateway(row: Row) -> str:
    return row[Column.GATEWAY]


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({"sheet": row.sheet, "number": row.number, "kind": row.kind, "cells": row.cells})
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
