"""A token by which a program speaks for a person."""

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessToken, AccessTokenUse, endings_of
from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from accounts.session_person import lacks_factor
from accounts.token_text import new_token
from notices.operations.queue_mails import queue_mails
from tenants.models import Customer, Person
from tenants.operations.grant_role import lock_person
from tenants.roles import TOKEN_PERMISSIONS, Permission

LONGEST_LIFE = 365  # days
MOST = 20  # for one person, of those that are good


@transaction.atomic(durable=True)
def make_token(
    *,
    name: str,
    permissions: Collection[Permission],
    customer: Customer | None,
    days: int,
    made_by: Person,
    caller: Caller,
) -> str:
    """The token, which is nowhere to be had again. Its person answers for it, and hears of it by mail.

    The caller has made sure that `made_by` has just shown who they are. Raises ValidationError.
    """
    lock_person(made_by)
    _check_person(made_by)
    _check_what(made_by, permissions, customer, days)
    now, text = timezone.now(), new_token()
    token = AccessToken(
        person=made_by,
        name=name,
        prefix=text.prefix,
        secret_hash=text.secret_hash(),
        permissions=sorted(permissions),
        customer=customer,
        made_at=now,
        expires_at=now + timedelta(days=days),
        endings_seen=endings_of(made_by, customer),
    )
    token.clean_fields()
    good = AccessToken.objects.of(made_by).good(now)
    if good.count() >= MOST:
        raise ValidationError(f"You have {MOST} tokens. Revoke one that nothing uses any more.")
    # One that has ended keeps its name from nobody.
    AccessToken.objects.of(made_by).filter(name=name, expires_at__lte=now, revoked_at=None).update(revoked_at=now)
    if good.filter(name=name).exists():
        raise ValidationError({"name": "You have a token of this name. Revoke it first, or choose another name."})
    token.save(force_insert=True)
    AccessTokenUse.objects.create(token=token)
    queue_mails(
        recipients=[made_by.email],
        template="token_made",
        about=f"person:{made_by.pk}",
        context={"person": made_by, "token": token, "address": caller.as_details()["address"]},
    )
    record_sign_in(
        person=made_by,
        step=Step.TOKEN_MAKE,
        actor=made_by.actor,
        caller=caller,
        details={
            "token": token.prefix,
            "name": name,
            "permissions": token.permissions,
            "customer": str(customer.pk) if customer else "",
            "expires_at": token.expires_at.isoformat(),
        },
    )
    return text.written()


def _check_person(person: Person) -> None:
    if person.confined_to:
        raise ValidationError("A token makes no tokens: sign in on the pages.")
    # As it is now, under its lock.
    fresh = Person.objects.active().filter(pk=person.pk).first()
    if fresh is None:
        raise ValidationError("This account may not sign in.")
    if lacks_factor(fresh):
        raise ValidationError("Your role asks for a second factor. Turn it on first.")


def _check_what(person: Person, permissions: Collection[Permission], customer: Customer | None, days: int) -> None:
    if not 1 <= days <= LONGEST_LIFE:
        raise ValidationError({"days": f"A token lives for 1 to {LONGEST_LIFE} days."})
    if not permissions:
        raise ValidationError({"permissions": "Choose at least one thing that the token may do."})
    held = permissions_to_lend(person, customer)
    if beyond := set(permissions) - held:
        raise ValidationError({"permissions": f"Not yours to give to a token: {', '.join(sorted(beyond))}."})


def permissions_to_lend(person: Person, customer: Customer | None) -> set[Permission]:
    """What the person can give to a token now: what they may at this customer, or at any."""
    if customer is not None:
        return {each for each in TOKEN_PERMISSIONS if customer.permits(person, each)}
    return {
        each
        for each in TOKEN_PERMISSIONS
        if person.permits_at_provider(each) or Customer.objects.permitting(person, each).exists()
    }
