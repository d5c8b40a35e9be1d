"""Send the invitation of somebody who has not come yet once more; links that were mailed before end."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import BrowserLink
from accounts.operations.open_account import mail_invitation
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer, Person
from tenants.operations.lock_own_people import lock_own_people


@transaction.atomic(durable=True)
def invite_again(*, customer: Customer, person: Person, invited_by: Person) -> None:
    """Raises ValidationError, also for somebody who has set a password by now."""
    lock_own_people(customer=customer, person=person, changed_by=invited_by)
    person = Person.objects.get(pk=person.pk)
    if person.has_usable_password():
        raise ValidationError(f"{person} has come already: there is a password.")
    # Mailed links are bound to it, also while there is none: each such value is another one.
    person.set_unusable_password()
    person.save(update_fields=["password"])
    BrowserLink.objects.filter(person=person).delete()
    mail_invitation(person=person, customer=customer)
    record_customer_audit(
        customer=customer,
        actor=invited_by.actor,
        action=AuditAction.PERSON_INVITE_AGAIN,
        subject=person.email,
    )
