"""One person invites another, where one is enough."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.operations.open_account import open_account
from tenants.actors import Actor
from tenants.models import AccountChange, AccountStep, Customer, Person, ProviderRoleGroup
from tenants.roles import COUNTED_ROLES, ProviderRole
from tenants.second_person import SecondPersonNeeded


@transaction.atomic
def invite_person(
    *, email: str, name: str, phone: str, customer: Customer | None, role: str, invited_by: Actor
) -> Person:
    """An account with a role and without a password, and a mail that says how to set one.

    `role` is one of CustomerRole with a customer, one of ProviderRole without. Raises SecondPersonNeeded, other
    ValidationErrors, and ValueError.
    """
    # Two at once, each of whom would be the second administrator, come one after the other.
    ProviderRoleGroup.objects.select_for_update().filter(role=ProviderRole.ADMINISTRATOR).first()
    if needs_second_person(role=role, invited_by=invited_by):
        raise SecondPersonNeeded(f"Another administrator has to agree before somebody is invited as {role}.")
    return open_account(
        email=email, name=name, phone=phone, customer=customer, role=role, opened_by=invited_by, agreed_by=None
    )


def needs_second_person(*, role: str, invited_by: Actor) -> bool:
    """Whether there is another administrator, or was one not long ago: nobody gets round it by disabling the other.

    Not for a command on the host, which is the act of its owner.
    """
    if role not in COUNTED_ROLES or invited_by.kind == "process":
        return False
    administrators = Person.objects.active().filter(groups__providerrolegroup__role=ProviderRole.ADMINISTRATOR)
    since = timezone.now() - settings.SETTLES_AFTER
    left = AccountChange.objects.filter(
        step__in=(AccountStep.DISABLE, AccountStep.REVOKE), role=ProviderRole.ADMINISTRATOR, at__gt=since
    )
    return (
        administrators.exclude(email=invited_by.name).exists() or left.exclude(person__email=invited_by.name).exists()
    )
