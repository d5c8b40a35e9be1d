"""A manager mends the name or the telephone number of one of the customer's people."""

from django.core.exceptions import ValidationError
from django.db import transaction

from notices.operations.queue_mails import queue_mails
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer, Person
from tenants.operations.lock_own_people import belongs_elsewhere, lock_own_people


@transaction.atomic(durable=True)
def correct_person(*, customer: Customer, person: Person, name: str, phone: str, corrected_by: Person) -> None:
    """The person gets a mail. Raises ValidationError, also of an account that serves at another customer, too.

    The number itself stays out of the audit trail, which is for ever.
    """
    lock_own_people(customer=customer, person=person, changed_by=corrected_by)
    if belongs_elsewhere(customer=customer, person=person):
        raise ValidationError("This account is used elsewhere, too: your provider mends its name and number.")
    person = Person.objects.get(pk=person.pk)
    before = person.name
    if (before, person.phone) == (name, phone):
        return
    details: dict[str, object] = {"from": {"name": before}, "to": {"name": name}} if before != name else {}
    if person.phone != phone:
        details["phone"] = "changed"
    person.name, person.phone = name, phone
    person.clean_fields(exclude={"password"})
    person.save(update_fields=["name", "phone"])
    queue_mails(
        recipients=[person.email],
        template="person_corrected",
        about=f"person:{person.pk}",
        context={"person": person, "before": before, "corrected_by": corrected_by},
    )
    record_customer_audit(
        customer=customer,
        actor=corrected_by.actor,
        action=AuditAction.PERSON_CORRECT,
        subject=person.email,
        details=details,
    )
