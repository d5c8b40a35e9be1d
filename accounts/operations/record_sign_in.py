"""Write how somebody came in, left, or was kept out into the audit trail of those whom it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from notices.operations.queue_mails import queue_mails
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.models import AccountStep, Customer, Person
from tenants.operations.note_account_change import note_account_change
from tenants.operations.tell_of_account import tell_of_account
from tenants.validators import shown

# Nobody has proved to be anybody yet: the door itself is the one that says so.
DOOR = Actor.process("sign-in")


class Step(StrEnum):
    BEGIN = AuditAction.PERSON_SESSION_BEGIN
    CONFIRM = AuditAction.PERSON_SESSION_CONFIRM
    END = AuditAction.PERSON_SESSION_END
    REFUSE = AuditAction.PERSON_SESSION_REFUSE
    THROTTLE = AuditAction.PERSON_SESSION_THROTTLE
    PASSWORD_CHANGE = AuditAction.PERSON_PASSWORD_CHANGE
    PASSWORD_ASK = AuditAction.PERSON_PASSWORD_ASK
    PASSWORD_RESET = AuditAction.PERSON_PASSWORD_RESET
    PASSKEY_ADD = AuditAction.PERSON_PASSKEY_ADD
    PASSKEY_REMOVE = AuditAction.PERSON_PASSKEY_REMOVE
    FACTOR_ON = AuditAction.PERSON_SECOND_FACTOR_ON
    FACTOR_OFF = AuditAction.PERSON_SECOND_FACTOR_OFF
    CODES_RENEW = AuditAction.PERSON_RECOVERY_CODES_RENEW
    CODE_USE = AuditAction.PERSON_RECOVERY_CODE_USE
    BROWSER_ASK = AuditAction.PERSON_BROWSER_ASK
    BROWSER_KNOWN = AuditAction.PERSON_BROWSER_KNOWN
    LANGUAGE_CHOOSE = AuditAction.PERSON_LANGUAGE_CHOOSE
    TOKEN_MAKE = AuditAction.PERSON_TOKEN_MAKE
    TOKEN_REFUSE = AuditAction.PERSON_TOKEN_REFUSE
    TOKEN_REVOKE = AuditAction.PERSON_TOKEN_REVOKE


# What a thief of a session or of a mailbox does to stay in, so the person hears of it in any case.
_TOLD = {
    Step.PASSWORD_CHANGE: _("The password of your account was changed."),
    Step.PASSWORD_RESET: _("The password of your account was set with a link from a mail."),
    Step.PASSKEY_ADD: _("A passkey was added to your account. Who has it can sign in as you, without your password."),
    Step.PASSKEY_REMOVE: _("A passkey of your account was removed."),
    Step.FACTOR_ON: _("A second factor was turned on for your account."),
    Step.FACTOR_OFF: _("The second factor of your account was turned off."),
    Step.CODES_RENEW: _("New recovery codes were made for your account; the old ones are void."),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as nginx and the browser have it. Both are somebody else's words, so they are cleaned here."""

    address: str
    agent: str

    def as_details(self) -> dict[str, str]:
        return {"address": shown(self.address, 45), "agent": shown(self.agent, 120)}


@transaction.atomic
def record_sign_in(
    *, person: Person, step: Step, actor: Actor, caller: Caller, details: dict[str, Any] | None = None
) -> None:
    """In the chain of each customer that the person belongs to; in the provider's for its staff and who has no role.

    Also queues the mail by which the person hears of it, and those to everybody where somebody else took the factor
    away, also of who can agree to nothing yet. The chains come last in the caller's transaction.
    """
    facts = caller.as_details() | (details or {})
    if what := _TOLD.get(step):
        change = note_account_change(person=person, step=AccountStep(step), made_by=actor)
        if step is Step.FACTOR_OFF and actor != person.actor:
            tell_of_account(change=change, decided_by=str(facts.get("by", "")))
        # The browser's name stays out of the mail: it is free text of the one who did this.
        queue_mails(
            recipients=[person.email],
            template="sign_in_changed",
            about=f"person:{person.pk}",
            context={"person": person, "what": what, "address": facts["address"]},
        )
    customers = list(customers_of(person))
    # One order of chains for everybody: the provider's, then customers' by key. `invite_person` and `revoke_roles`
    # take them so; by name, customers' would come first, and the two could wait for each other.
    if person.provider_roles() or not customers:
        record_provider_audit(actor=actor, action=AuditAction(step), subject=person.email, details=facts)
    for customer in customers:
        record_customer_audit(
            customer=customer, actor=actor, action=AuditAction(step), subject=person.email, details=facts
        )


@transaction.atomic
def record_stranger(*, step: Step, typed: str, caller: Caller, details: dict[str, Any] | None = None) -> None:
    """For an address that is nobody's: concerns no customer, so the provider's chain."""
    facts = caller.as_details() | (details or {})
    record_provider_audit(actor=DOOR, action=AuditAction(step), subject=f"unknown:{disguised(typed)}", details=facts)


def customers_of(person: Person) -> Iterable[Customer]:
    return Customer.objects.filter(role_groups__group__user=person).distinct().order_by("pk")


def disguised(typed: str) -> str:
    """Tells whether two tries named the same, no more: people type passwords into the wrong field.

    Keyed, since a plain hash of a password would be an invitation to guess it; 64 bits.
    """
    named = typed.strip().lower().encode("utf-8", "surrogatepass")
    return salted_hmac("tenants.record_sign_in.stranger", named, algorithm="sha256").hexdigest()[:16]
