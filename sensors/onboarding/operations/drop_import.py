from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sensors.models import ImportOutcome, ImportPart, ImportRun
from sensors.onboarding.on_record import note_end
from tenants.models import Person


@transaction.atomic
def drop_import(*, run: UUID, dropped_by: Person) -> ImportRun:
    """What it has made so far stays; the rest is forgotten. Raises ImportRun.DoesNotExist for one that has ended."""
    found = ImportRun.objects.select_for_update().open().get(pk=run)
    ImportPart.objects.filter(run=found).delete()
    found.ended_at, found.outcome = timezone.now(), ImportOutcome.DROPPED
    found.save(update_fields=["ended_at", "outcome"])
    if found.confirmed_at:
        note_end(run=found, actor=dropped_by.actor)
    return found
