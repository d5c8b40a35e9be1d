"""Write down what is done to an account, in the transaction in which it is done."""

from django.utils import timezone

from tenants.actors import Actor
from tenants.models import AccountChange, AccountStep, Customer, Person


def note_account_change(
    *, person: Person, step: AccountStep, made_by: Actor, role: str = "", customer: Customer | None = None
) -> AccountChange:
    """Before any audit chain is taken, if there is something to wait for: this refers to rows of people.

    `made_by` is somebody of the portal, or a command on its host. Raises Person.DoesNotExist for anybody else.
    """
    return AccountChange.objects.create(
        person=person, step=step, role=role, customer=customer, made_by=person_behind(made_by), at=timezone.now()
    )


def person_behind(actor: Actor) -> Person | None:
    """None for a process: what it does to accounts is done by the owner of the host."""
    if actor.kind == "process":
        return None
    person: Person = Person.objects.get(email=actor.name)
    return person
