"""Whose token it is: the person, confined to what the token may.

A right token is never refused for others' wrong ones, since many may come from one network; and 256 random bits are
found by no number of tries. What limits bound is what wrong ones cost, and what they write.
"""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import budgets
from accounts.caller import address_of, caller_of
from accounts.failed_tries import FailedTry, note_failed_try
from accounts.models import AccessToken
from accounts.networks import neighbourhood_of, network_of
from accounts.operations.note_token_use import note_token_use
from accounts.operations.record_sign_in import Step
from accounts.session_person import lacks_factor
from accounts.token_text import TokenText
from limits.spending import spend
from tenants.confinement import Confinement
from tenants.models import Person
from tenants.roles import Permission

# Compared with where there is no such token, so that both take as long.
_NO_HASH = "0" * 64


class TokenRefused(Exception):
    """Wrong, at its end, revoked, or its person is not who they were: one answer for all."""


def bearer_of(*, written: TokenText | None, request: HttpRequest) -> Person:
    """`written` is None for what is no token. Raises TokenRefused; OutOfBudget for who has sent many wrong ones."""
    token = _found(written) if written else None
    if written is None or token is None or not _is_good(token, request):
        address = address_of(request)
        spend(
            budgets.TOKENS_FROM_NETWORK.of(network_of(address)),
            budgets.TOKENS_FROM_NEIGHBOURHOOD.of(neighbourhood_of(address)),
        )
        raise TokenRefused
    note_token_use(token=token, address=address_of(request))
    person = token.person
    person.confined_to = Confinement(
        token=token.prefix,
        permissions=frozenset(Permission) & set(token.permissions),
        customer=token.customer_id,
    )
    return person


def _found(written: TokenText) -> AccessToken | None:
    """With its secret right; one may still have ended."""
    found = AccessToken.objects.select_related("person", "customer", "use").filter(prefix=written.prefix).first()
    right = constant_time_compare(written.secret_hash(), found.secret_hash if found else _NO_HASH)
    return found if right else None


def _is_good(token: AccessToken, request: HttpRequest) -> bool:
    """Only who holds the right secret leaves a row: the owner may want to know what goes on with an old one."""
    why = _why_not(token)
    if why:
        note_failed_try(
            FailedTry(
                step=Step.TOKEN_REFUSE,
                typed=token.person.email,
                caller=caller_of(request),
                details={"token": token.prefix, "reason": why},
                once=True,
            )
        )
    return not why


def _why_not(token: AccessToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= timezone.now():
        return "expired"
    if not token.person.is_active or token.has_ended() or lacks_factor(token.person):
        return "the account changed"
    return ""
