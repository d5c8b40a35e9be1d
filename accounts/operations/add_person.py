from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tenants.actors import Actor
from tenants.audit.record_audit import record_provider_audit
from tenants.models import AccountStep, Person
from tenants.operations.note_account_change import note_account_change


@transaction.atomic
def add_person(*, email: str, name: str, phone: str = "", added_by: Actor, password: str | None = None) -> Person:
    """Without a password the person cannot sign in until one is set by mail. Raises ValidationError."""
    try:
        # A savepoint: on PostgreSQL a collision would otherwise end the caller's whole transaction.
        with transaction.atomic():
            person = Person.objects.create_user(email, password, name=name, phone=phone)
    except IntegrityError:
        raise ValidationError("Somebody has this e-mail address already.") from None
    note_account_change(person=person, step=AccountStep.ADD, made_by=added_by)
    record_provider_audit(actor=added_by, action="person:add", subject=person.email, details={"name": name})
    return person
