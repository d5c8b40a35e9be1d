"""A second factor is demanded of those who can do much harm: the provider's staff and customers' managers.

What decides is read again in each request, by the query that loads the person in any case. So it costs no query of its
own, and there is no verdict that could outlive a role that is granted or a factor that is taken away meanwhile. What is
kept in the session is only what happened in it: that somebody gave a right code, and of which factor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.factor_secrets import seal, unseal
from accounts.forms import TurnOn
from accounts.operations.remove_factor import can_go
from accounts.session_person import factors_of, is_demanded_of
from accounts.spent_codes import spend_code
from tenants.models import Person

# The session in which a factor was set up has shown it by that; allauth notes only codes that are given later.
_SET_UP_HERE = "second_factor_set_up_here"


_SHOWN = frozenset({Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN})


class Due(Enum):
    SET_UP = "set-up"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Standing:
    """What templates see as `request.second_factor`: whether the person must have one, and what is still to be done."""

    demanded: bool
    due: Due | None = None

    @property
    def must_be_set_up(self) -> bool:
        return self.due is Due.SET_UP

    @property
    def must_be_shown(self) -> bool:
        return self.due is Due.SHOW


# The mailed link opens nothing: it is for a person who has no try left at the factor itself.
_ALWAYS_OPEN = frozenset({"account_logout", "api-enrol", "browser-link", "browser-link-sent", "browser-link-use"})
# By name, so that a path which is added later is refused until somebody writes it down here.
OPEN = {
    Due.SET_UP: _ALWAYS_OPEN
    | {"mfa_index", "mfa_activate_totp", "passkey-add", "passkey-add-challenge"}
    | {"account_reauthenticate", "account_change_password"},
    # No recovery codes and no password here: somebody who found an old session open and knows the password could read
    # the codes, and pass with one of them.
    Due.SHOW: _ALWAYS_OPEN | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "passkey-confirm-challenge"},
}


def standing_of(person: Any, request: HttpRequest) -> Standing:
    """Of the person of a session, as `PersonOfSession` loads it."""
    if not is_demanded_of(person):
        return Standing(demanded=False)
    factors = factors_of(person)
    if not factors:
        return Standing(demanded=True, due=Due.SET_UP)
    passed = _was_shown(request, person, factors, person.factor_since)
    return Standing(demanded=True, due=None if passed else Due.SHOW)


def _was_shown(request: HttpRequest, person: Person, factors: set[int], since: datetime) -> bool:
    """In this session, and one of these very factors: one that was taken away does not count."""
    if request.session.get(_SET_UP_HERE) in factors:
        return True
    for record in get_authentication_records(request, person):
        if record.get("type") in _SHOWN and record.get("id") in factors:
            return True
        # A recovery code stands in for the factor of its time. Its own row changes when new codes are made.
        if record.get("type") == Authenticator.Type.RECOVERY_CODES and record["at"] >= since.timestamp():
            return True
    return False


def demand_second_factor(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, inside allauth's: before any view, so that it covers pages, REST and admin alike."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Without the cookie nobody is signed in. Machines, which have none, leave the session untouched.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)
        person = request.user
        if isinstance(person, Person):
            standing = standing_of(person, request)
            request.second_factor = standing  # type: ignore[attr-defined]  # for templates
            if standing.due is not None and not _is_open(request, standing.due):
                return _refuse(request, person, standing.due)
        response = get_response(request)
        _note_a_new_factor(request)
        return response

    return middleware


def _is_open(request: HttpRequest, due: Due) -> bool:
    try:
        return resolve(request.path_info).view_name in OPEN[due]
    except Resolver404:
        return False


def _refuse(request: HttpRequest, person: Any, due: Due) -> HttpResponseBase:
    """A redirect, which the live pages answer by loading themselves again; to programs, a problem in their spelling."""
    answer: HttpResponseBase
    if request.path_info.startswith("/api/"):
        detail = "Your role asks for a second factor. Sign in on the pages, which say what is missing."
        problem = {"status": 403, "reason": "second-factor-needed", "detail": detail}
        answer = JsonResponse(problem, status=403, content_type="application/problem+json")
    elif due is Due.SET_UP:
        # Not to the form itself: showing that makes a new secret, so a second tab would spoil the first one's code.
        answer = HttpResponseRedirect(reverse("mfa_index"))
    else:
        back = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
        # Each of the two pages leads to the other one, if there is something to show at it.
        way = "mfa_reauthenticate" if person.app_key is not None else "mfa_reauthenticate_webauthn"
        answer = HttpResponseRedirect(reverse(way) + back)
    add_never_cache_headers(answer)
    return answer


class TurnOnHere(TurnOn):
    """A right code for a new secret is a second factor shown: who has just given it is not asked for another."""

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors:
            context.request.secret_of_new_factor = self.secret
            context.request.code_of_new_factor = cleaned["code"]
        return cleaned


def note_set_up_here(request: HttpRequest, factor: Authenticator) -> None:
    request.session[_SET_UP_HERE] = factor.pk


def _note_a_new_factor(request: HttpRequest) -> None:
    """Only once it is stored, and only if it is the one that this session gave a code for."""
    secret = getattr(request, "secret_of_new_factor", None)
    if secret is None:
        return
    factor = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).first()
    if factor is not None and constant_time_compare(decrypt(factor.data["secret"]), secret):
        with transaction.atomic():
            spend_code(factor=factor, code=request.code_of_new_factor)  # type: ignore[attr-defined]  # set with the secret
        note_set_up_here(request, factor)


class KeptOn(DefaultMFAAdapter):  # type: ignore[misc]
    """Refuses to turn off what is demanded: a password and a session left open would otherwise be enough again.

    And keeps what codes are made from sealed.
    """

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role asks for a second factor, and this is your only one."),
        "incorrect_code": _(
            "That code is not right, or was used. An app shows a new one every half minute: type that."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return can_go(authenticator)

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
