from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sensors.models import ImportRun
from sensors.onboarding.on_record import note_beginning
from tenants.models import Person


@transaction.atomic(durable=True)
def confirm_import(*, run: UUID, confirmed_by: Person) -> ImportRun:
    """From now on `make_import_part` makes it true. Once: confirming again changes nothing.

    Also goes on with one that has stopped. Raises ImportRun.DoesNotExist for one that has ended.
    """
    found = ImportRun.objects.select_for_update().open().get(pk=run)
    if not found.confirmed_at:
        found.confirmed_at = timezone.now()
        note_beginning(run=found, actor=confirmed_by.actor)
    found.stopped_at = found.stopped_because = ""
    found.save(update_fields=["confirmed_at", "stopped_at", "stopped_because"])
    return found
