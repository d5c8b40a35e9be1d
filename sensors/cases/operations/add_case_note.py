"""Write down what somebody knows of a case, and tell the others."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.operations.queue_mails import queue_mails
from sensors.fleet.operations.lock_sensor import lock_row
from sensors.models import Case, CaseNote
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Person

# Each is a mail to everybody concerned.
MOST_NOTES = 100


@transaction.atomic(durable=True)
def add_case_note(*, case: Case, text: str, written_by: Person, callback_phone: str = "") -> CaseNote:
    """Also to a closed case. Sent twice it is one note. Raises ValidationError.

    The caller has made sure that `written_by` may report this sensor.
    """
    lock_row(case.sensor)
    return write_note(case=case, text=in_words(text, callback_phone), written_by=written_by)


def in_words(text: str, callback_phone: str) -> str:
    """What somebody wrote, and below it how to reach them."""
    phone = " ".join(callback_phone.split())
    return "\n".join(filter(None, (text.strip(), phone and f"Phone: {phone}")))


def write_note(*, case: Case, text: str, written_by: Person) -> CaseNote:
    """The same for a caller who holds the sensor's row lock, which keeps two presses of one button apart."""
    note = CaseNote(case=case, written_by=written_by, written_at=timezone.now(), text=text.strip())
    # Before anything is asked of the database, which on PostgreSQL fails at a NUL.
    note.full_clean()
    if earlier := case.notes.filter(written_by=written_by, text=note.text).first():
        return earlier
    if case.notes.count() >= MOST_NOTES:
        raise ValidationError(
            _("This case has %(most)s notes, which is all it can hold. Call your provider."),
            params={"most": MOST_NOTES},
        )
    note.save(force_insert=True)
    record_customer_audit(
        customer=case.sensor.customer,
        actor=written_by.actor,
        action=AuditAction.CASE_NOTE,
        subject=case.about,
        details={"text": note.text},
    )
    queue_mails(
        recipients=set(people_to_tell(case.sensor.customer)) - {written_by.email},
        template="case_note",
        about=case.about,
        context={"case": case, "note": note},
    )
    return note
