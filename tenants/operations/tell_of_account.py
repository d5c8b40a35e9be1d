"""Everybody who could object hears of an account that will count as one of two people, or no longer does."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from notices.models import Mail
from notices.operations.queue_mails import queue_mails
from tenants.models import AccountChange, AccountStep, Customer, Person
from tenants.roles import COUNTED_ROLES, CustomerRole, ProviderRole


def tell_of_account(*, change: AccountChange, agreed_by: Person | None = None, decided_by: str = "") -> list[Mail]:
    """In the transaction of the change. Its maker gets the mail, too: somebody may have done it in their name.

    `decided_by` is the name that a command on the host was given.
    """
    told = set(who_could_object(customers=[change.customer] if change.customer else _counted_at(change.person)))
    if change.step in {AccountStep.DISABLE, AccountStep.REVOKE}:
        told.add(change.person.email)
    return queue_mails(
        recipients=told,
        template="account_changed",
        about=change.about,
        context={
            "change": change,
            "person": change.person,
            "agreed_by": agreed_by,
            "decided_by": decided_by,
            "days": settings.SETTLES_AFTER.days,
        },
    )


def who_could_object(*, customers: Iterable[Customer]) -> set[str]:
    """Addresses of the staff, also of those who were disabled a while ago, and of the customers' managers and contacts.

    Somebody who means to be alone would take the others' right to sign in away first.
    """
    staff = Person.objects.provider_staff()
    own = Person.objects.active().filter(
        groups__customerrolegroup__customer__in=customers,
        groups__customerrolegroup__role__in=(CustomerRole.MANAGER, CustomerRole.CONTACT),
    )
    since = timezone.now() - settings.SETTLES_AFTER
    left = Person.objects.filter(
        account_changes__step=AccountStep.DISABLE, account_changes__role__in=ProviderRole, account_changes__at__gt=since
    )
    return {email for people in (staff, own, left) for email in people.values_list("email", flat=True)}


def _counted_at(person: Person) -> Iterable[Customer]:
    return Customer.objects.filter(role_groups__group__user=person, role_groups__role__in=COUNTED_ROLES)


def counts(person: Person) -> bool:
    """Whether the person has a role by which they could agree to something."""
    roles = Q(groups__providerrolegroup__isnull=False) | Q(groups__customerrolegroup__role__in=COUNTED_ROLES)
    return bool(Person.objects.filter(roles, pk=person.pk).exists())
