"""allauth's forms, with the audit row of what each leads to.

allauth asks no adapter here, and its signals come after the transaction of the change. A form is the last that is
asked before, so the row is written as soon as the form is found valid: no change without its row. The other way round
can be: if the database fails between the two, the row tells of something that then did not happen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts.adapter import TOO_MANY
from accounts.caller import caller_of
from accounts.failed_tries import FailedTry, note_failed_try
from accounts.guesses import Secret, TooManyGuesses, guessing
from accounts.mail_requests import Link, TooManyMails, ask_for_mail
from accounts.operations.record_sign_in import Step, record_sign_in
from accounts.operations.remove_factor import remove_factor
from accounts.passkeys import passkeys_of
from accounts.spent_codes import spend_code
from tenants.models import Person


def _record(person: Person, step: Step, **details: Any) -> None:
    record_sign_in(person=person, step=step, actor=person.actor, caller=caller_of(context.request), details=details)


def _note(person: Person, refusal: ValidationError, *, method: str) -> None:
    throttled = refusal.code == TOO_MANY
    note_failed_try(
        FailedTry(
            step=Step.THROTTLE if throttled else Step.REFUSE,
            typed=person.email,
            caller=caller_of(context.request),
            details={"method": method, "signed_in": context.request.user.is_authenticated},
            once=throttled,
        )
    )


class _Limited:
    """Before allauth's form in the order of bases. Templates say more than the one line of an error."""

    @property
    def too_many_tries(self) -> bool:
        errors = self.errors.as_data().values()  # type: ignore[attr-defined]  # the form's
        return any(error.code == TOO_MANY for each in errors for error in each)


@contextmanager
def _guessing(person: Person, secret: Secret, *, method: str) -> Iterator[None]:
    """A guess that ends without an error was right; one that was wrong, or not looked at, is noted."""
    try:
        with guessing(request=context.request, secret=secret, email=person.email) as guess:
            yield
            guess.was_right()
    except TooManyGuesses:
        refusal = get_account_adapter().validation_error(TOO_MANY)
        _note(person, refusal, method=method)
        raise refusal from None
    except ValidationError as refusal:
        _note(person, refusal, method=method)
        raise


class _NotedCode(_Limited):
    """A wrong code is noted, a right one is spent with its row."""

    user: Person
    authenticator: Authenticator

    @property
    def has_passkey(self) -> bool:
        """For a page that offers it as another way."""
        return bool(passkeys_of(self.user))

    def clean_code(self) -> str:
        with _guessing(self.user, Secret.CODE, method="second factor"), transaction.atomic():
            code: str = super().clean_code()  # type: ignore[misc]  # the form's, which comes after this class
            if self.authenticator.type == Authenticator.Type.TOTP and not spend_code(
                factor=self.authenticator, code=code
            ):
                raise get_adapter().validation_error("incorrect_code")
            if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
                _record(self.user, Step.CODE_USE)
        return code


class SignIn(_Limited, LoginForm):  # type: ignore[misc]  # allauth ships no types
    """`InvitationOnly.authenticate` counts and notes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # By this a password manager knows the two as one account.
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""  # allauth's link; the page has one of its own


class PasswordAgain(_Limited, ReauthenticateForm):  # type: ignore[misc]
    """The same."""


class SecondStep(_NotedCode, AuthenticateForm):  # type: ignore[misc]
    """What was used is in the row of the sign-in itself, which `InvitationOnly.login` writes."""


class SecondStepAgain(_NotedCode, ReauthenticateByCodeForm):  # type: ignore[misc]
    def save(self) -> None:
        with transaction.atomic():
            super().save()
            context.request.session.save()
            _record(self.user, Step.CONFIRM, methods=[str(self.authenticator.type)])


class NewPassword(_Limited, ChangePasswordForm):  # type: ignore[misc]
    """A thief of an open session may try to guess the password here; `InvitationOnly` writes of the change itself."""

    def clean_oldpassword(self) -> str:
        with _guessing(self.user, Secret.PASSWORD, method="password"):
            old: str = super().clean_oldpassword()
        return old


class AskForPasswordLink(ResetPasswordForm):  # type: ignore[misc]
    """allauth looks for the address, and speaks to the mail server, before it answers: both tell who is known."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors:
            try:
                ask_for_mail(request=context.request, link=Link.PASSWORD, email=self.cleaned_data["email"])
            except TooManyMails as refusal:
                raise ValidationError(str(refusal)) from None
        return cleaned

    def save(self, _request: HttpRequest, **_: Any) -> str:
        """`clean` has asked for it, since only there can be said that it was too often."""
        return str(self.cleaned_data["email"])


class TurnOn(ActivateTOTPForm):  # type: ignore[misc]
    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors:
            _record(self.user, Step.FACTOR_ON, kind="totp")
        return cleaned


class TurnOff(DeactivateTOTPForm):  # type: ignore[misc]
    @property
    def leaves_passkey(self) -> bool:
        return bool(passkeys_of(self.authenticator.user))

    def clean(self) -> Any:
        cleaned = super().clean()
        # allauth also cleans this form to show its page. What it then takes away is gone already, with its row.
        if context.request.method == "POST":
            person = self.authenticator.user
            remove_factor(factor=self.authenticator, removed_by=person, caller=caller_of(context.request))
        return cleaned


class NewRecoveryCodes(GenerateRecoveryCodesForm):  # type: ignore[misc]
    def clean(self) -> Any:
        cleaned = super().clean()
        _record(self.user, Step.CODES_RENEW)
        return cleaned
