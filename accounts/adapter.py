"""Who comes in and how: only those whom somebody invited, and never without a line in the audit trail.

allauth asks the adapter to do what changes something (`login`, `logout`, `set_password`), so row and change share one
transaction here. Its signals come afterwards, outside of it, and are not used; what it asks no adapter is in `forms`.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from accounts.caller import address_of, caller_of
from accounts.failed_tries import FailedTry, note_failed_try
from accounts.guesses import Secret, TooManyGuesses, guessing
from accounts.known_browsers import make_known
from accounts.mail_requests import Link, note_that_it_came
from accounts.operations.record_sign_in import Step, record_sign_in
from tenants.models import Person

# By which forms and templates tell this refusal from others.
TOO_MANY = "too_many_login_attempts"


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = DefaultAccountAdapter.error_messages | {
        TOO_MANY: _("Too many wrong tries for this address. This one was not looked at."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin with what needs somebody, customers' people with their boxes."""
        return resolve_url(settings.STAFF_BEGIN_AT if request.user.is_staff else settings.LOGIN_REDIRECT_URL)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words: each becomes a button below the one that is shown."""
        words = {"mfa_reauthenticate": _("A code"), "mfa_reauthenticate:webauthn": _("Your passkey")}
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [each | {"description": words.get(each["id"], _("Your password"))} for each in methods]

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def login(self, request: HttpRequest, user: Person) -> None:
        """The session is stored here and not, as usual, when the answer leaves: with its row or not at all."""
        methods = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
        with transaction.atomic():
            super().login(request, user)
            request.session.save()
            record_sign_in(
                person=user,
                step=Step.BEGIN,
                actor=user.actor,
                caller=caller_of(request),
                details={"methods": list(dict.fromkeys(methods))},
            )
        make_known(request, user)

    def logout(self, request: HttpRequest) -> None:
        """The row of the session goes first and alone: emptied too early, it would take the browser's cookie along even
        if the session then had to stay, which a thief of the cookie could go on with unseen.
        """
        person = request.user
        if isinstance(person, Person):
            with transaction.atomic():
                request.session.delete()
                record_sign_in(person=person, step=Step.END, actor=person.actor, caller=caller_of(request))
        super().logout(request)

    def set_password(self, user: Person, password: str) -> None:
        """The password alone is stored: an account that is disabled at this moment stays disabled."""
        match = self.request.resolver_match
        by_mail = match is not None and match.url_name == "account_reset_password_from_key"
        first = not user.has_usable_password()
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            record_sign_in(
                person=user,
                step=Step.PASSWORD_RESET if by_mail else Step.PASSWORD_CHANGE,
                actor=user.actor,
                caller=caller_of(self.request),
                details={"first": first},
            )
        # The person who has just set it has shown the old one, or the mailbox.
        make_known(self.request, user)
        if by_mail:
            note_that_it_came(link=Link.PASSWORD, email=user.email)

    def reauthenticate(self, user: Person, password: str) -> bool:
        """allauth notes the success in the session afterwards, so the row comes first: without it, no success."""
        succeeded = bool(super().reauthenticate(user, password))
        if succeeded:
            record_sign_in(
                person=user,
                step=Step.CONFIRM,
                actor=user.actor,
                caller=caller_of(self.request),
                details={"methods": ["password"]},
            )
        return succeeded

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Also of somebody who is signed in and says once more who he is. allauth's own limits are off (settings)."""
        try:
            with guessing(request=request, secret=Secret.PASSWORD, email=str(credentials.get("email") or "")) as guess:
                person: Person | None = super().authenticate(request, **credentials)
                if person is not None:
                    guess.was_right()
        except TooManyGuesses:
            self._note(request, Step.THROTTLE, credentials, once=True)
            raise self.validation_error(TOO_MANY) from None
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._note(request, Step.REFUSE, credentials)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Password or passkey was right, which costs no budget: one line in a while is enough."""
        match = request.resolver_match
        by_passkey = match is not None and match.url_name == "passkey-sign-in"
        method = "passkey" if by_passkey else "password"
        self._note(request, Step.REFUSE, {"email": user.email}, once=True, reason="disabled", method=method)
        answer: HttpResponse = super().respond_user_inactive(request, user)
        return answer

    def _note(
        self,
        request: HttpRequest,
        step: Step,
        credentials: dict[str, Any],
        *,
        once: bool = False,
        reason: str = "",
        method: str = "password",
    ) -> None:
        """`credentials` holds a password as well: nothing but the address goes any further."""
        note_failed_try(
            FailedTry(
                step=step,
                typed=str(credentials.get("email") or ""),
                caller=caller_of(request),
                details={
                    "method": method,
                    "signed_in": request.user.is_authenticated,
                    **({"reason": reason} if reason else {}),
                },
                once=once,
            )
        )
