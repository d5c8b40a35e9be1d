"""A manager gives one of the customer's people another role, where one person is enough."""

from django.core.exceptions import ValidationError
from django.db import transaction

from tenants.models import AccountStep, Customer, Person
from tenants.operations.grant_role import grant_customer_role
from tenants.operations.lock_own_people import keep_a_manager, lock_own_people
from tenants.operations.note_account_change import note_account_change
from tenants.operations.tell_of_account import tell_of_account
from tenants.roles import COUNTED_ROLES, CustomerRole
from tenants.second_person import SecondPersonNeeded


@transaction.atomic(durable=True)
def change_customer_role(*, customer: Customer, person: Person, role: CustomerRole, changed_by: Person) -> None:
    """Raises SecondPersonNeeded for a role that counts as one of two people, and ValidationError."""
    before = lock_own_people(customer=customer, person=person, changed_by=changed_by)
    if role in COUNTED_ROLES:
        raise SecondPersonNeeded(f"A second person has to agree before somebody becomes {role}.")
    if before == role:
        raise ValidationError(f"{person} is {role} already.")
    if before in COUNTED_ROLES:
        keep_a_manager(customer=customer, person=person)
        change = note_account_change(
            person=person, step=AccountStep.REVOKE, role=before, customer=customer, made_by=changed_by.actor
        )
        tell_of_account(change=change)
    grant_customer_role(person=person, customer=customer, role=role, granted_by=changed_by.actor)
