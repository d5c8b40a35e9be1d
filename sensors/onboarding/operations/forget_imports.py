from django.db import transaction
from django.utils import timezone

from sensors.models import ImportOutcome, ImportPart, ImportRun
from sensors.models.import_run import KEPT_FOR
from sensors.onboarding.on_record import note_end
from tenants.actors import Actor


def forget_imports() -> None:
    """What files said that nobody has brought to an end within a day. What an import has made stays."""
    for key in ImportRun.objects.open().filter(uploaded_at__lt=timezone.now() - KEPT_FOR).values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            run = ImportRun.objects.select_for_update(skip_locked=True).open().filter(pk=key).first()
            if run is None:
                continue
            ImportPart.objects.filter(run=run).delete()
            run.ended_at, run.outcome = timezone.now(), ImportOutcome.EXPIRED
            run.save(update_fields=["ended_at", "outcome"])
            if run.confirmed_at:
                note_end(run=run, actor=Actor.process("worker"))
