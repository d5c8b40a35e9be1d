"""allauth's forms, with the audit row of what each leads to.

allauth asks no adapter here, and its signals come after the transaction of the change. A form is the last that is
asked before, so the row is written as soon as the form is found valid: no change without its row. The other way round
can be: if the database fails between the two, the row tells of something that then did not happen.
"""

from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.accounts.caller import caller_of
from portal.accounts.failed_tries import FailedTry, note_failed_try
from portal.accounts.spent_codes import spend_code
from tenants.models import Person
from tenants.operations.record_sign_in import Step, record_sign_in


def _record(person: Person, step: Step, **details: Any) -> None:
    record_sign_in(person=person, step=step, actor=person.actor, caller=caller_of(context.request), details=details)


def _note(person: Person, refusal: ValidationError, *, method: str) -> None:
    throttled = refusal.code == "too_many_login_attempts"
    note_failed_try(
        FailedTry(
            step=Step.THROTTLE if throttled else Step.REFUSE,
            typed=person.email,
            caller=caller_of(context.request),
            details={"method": method, "signed_in": context.request.user.is_authenticated},
            once=throttled,
        )
    )


class _NotedCode:
    """Before allauth's form in the order of bases: a wrong code is noted, a right one is spent with its row."""

    user: Person
    authenticator: Authenticator

    def clean_code(self) -> str:
        try:
            with transaction.atomic():
                code: str = super().clean_code()  # type: ignore[misc]  # the form's, which comes after this class
                if self.authenticator.type == Authenticator.Type.TOTP and not spend_code(
                    factor=self.authenticator, code=code
                ):
                    raise get_adapter().validation_error("incorrect_code")
                if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
                    _record(self.user, Step.CODE_USE)
        except ValidationError as refusal:
            _note(self.user, refusal, method="second factor")
            raise
        return code


class SecondStep(_NotedCode, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """What was used is in the row of the sign-in itself, which `InvitationOnly.login` writes."""


class SecondStepAgain(_NotedCode, ReauthenticateForm):  # type: ignore[misc]
    def save(self) -> None:
        with transaction.atomic():
            super().save()
            context.request.session.save()
            _record(self.user, Step.CONFIRM, methods=[str(self.authenticator.type)])


class NewPassword(ChangePasswordForm):  # type: ignore[misc]
    """Whoever found a session open may try to guess the password here; `InvitationOnly` writes of the change itself."""

    def clean_oldpassword(self) -> str:
        try:
            old: str = super().clean_oldpassword()
        except ValidationError as refusal:
            _note(self.user, refusal, method="password")
            raise
        return old


class TurnOn(ActivateTOTPForm):  # type: ignore[misc]
    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors:
            _record(self.user, Step.FACTOR_ON, kind="totp")
        return cleaned


class TurnOff(DeactivateTOTPForm):  # type: ignore[misc]
    def clean(self) -> Any:
        cleaned = super().clean()
        # allauth also cleans this form to show its page.
        if context.request.method == "POST":
            _record(self.authenticator.user, Step.FACTOR_OFF, kind="totp")
        return cleaned


class NewRecoveryCodes(GenerateRecoveryCodesForm):  # type: ignore[misc]
    def clean(self) -> Any:
        cleaned = super().clean()
        _record(self.user, Step.CODES_RENEW)
        return cleaned
