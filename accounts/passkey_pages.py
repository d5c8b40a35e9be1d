"""Passkeys on the pages: signing in with one alone or after the password, a fresh proof by one, adding and removing.

Each begins with a challenge, which a script fetches when a button is pressed (`static/portal/passkey.js`), and ends
with the browser's answer in a form. Signing in asks for no address: so nobody learns here whose has an account, and
nothing is counted against one.
"""

import math
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.models import Login
from allauth.account.views import BaseReauthenticateView
from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import budgets
from accounts.caller import address_of, caller_of
from accounts.failed_tries import FailedTry, note_failed_try
from accounts.networks import neighbourhood_of, network_of
from accounts.operations.add_passkey import LONGEST_NAME, add_passkey, check_room
from accounts.operations.record_sign_in import Step, record_sign_in
from accounts.operations.remove_factor import LastFactor, can_go, remove_factor
from accounts.passkeys import (
    PasskeyRefused,
    Purpose,
    accept_new,
    accept_shown,
    are_offered,
    challenge_to_show,
)
from accounts.passkeys import challenge_to_add as challenge_for_new
from accounts.second_factor import note_set_up_here
from limits.spending import OutOfBudget, spend
from tenants.models import Person
from tenants.validators import validate_display_name

NOT_TAKEN = _("That passkey was not taken. Try once more, or go another way.")
NOT_OFFERED = _("This portal has no name that a passkey could be bound to, so it takes none.")
# Of a session that a stranger's challenge began, from his last request on.
STRANGERS_SESSION = 15 * 60
# Ended sessions that go for each that a stranger begins.
SWEPT = 20


class NewPasskey(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        validators=[validate_display_name],
        label=_("What do you call it?"),
        help_text=_("Such as the device that it is on. By this name you find it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the passkey a name. By this name you find it again.")},
    )


class ShownAgain(forms.Form):
    """A refusal is noted as in `accounts.forms`."""

    credential = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_credential(self) -> Authenticator:
        try:
            return accept_shown(
                context.request, purpose=Purpose.CONFIRM, person=self.person, answer=self.cleaned_data["credential"]
            )
        except PasskeyRefused as refusal:
            _note(context.request, refusal)
            raise ValidationError(NOT_TAKEN) from None

    def save(self) -> None:
        passkey = self.cleaned_data["credential"]
        with transaction.atomic():
            post_authentication(context.request, passkey, reauthenticated=True)
            context.request.session.save()
            record_sign_in(
                person=self.person,
                step=Step.CONFIRM,
                actor=self.person.actor,
                caller=caller_of(context.request),
                details={"methods": [str(passkey.type)]},
            )


@never_cache
@require_POST
def challenge_to_sign_in(request: HttpRequest) -> JsonResponse:
    """For anybody, so it is counted: by network, and never for an account."""
    if not are_offered():
        return _problem(409, str(NOT_OFFERED))
    if request.user.is_authenticated:
        return _problem(409, gettext("You are signed in already."))
    address = address_of(request)
    try:
        spend(
            budgets.PASSKEYS_FROM_NETWORK.of(network_of(address)),
            budgets.PASSKEYS_FROM_NEIGHBOURHOOD.of(neighbourhood_of(address)),
        )
    except OutOfBudget as refusal:
        _note(request, PasskeyRefused("network"), step=Step.THROTTLE)
        seconds = max(1, math.ceil(refusal.seconds))
        said = gettext(
            "Too many tries with passkeys from your network. Wait %(seconds)d s, or sign in with your password."
        ) % {"seconds": seconds}
        answer = _problem(429, said)
        answer["Retry-After"] = str(seconds)
        return answer
    if request.session.is_empty():
        request.session.set_expiry(STRANGERS_SESSION)
        _sweep()
    return JsonResponse(challenge_to_show(request, Purpose.SIGN_IN, None))


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """With a passkey alone. What it shows counts as the second factor as well."""
    if request.user.is_authenticated:
        return redirect("/")
    try:
        passkey = accept_shown(request, purpose=Purpose.SIGN_IN, person=None, answer=_answer(request))
    except PasskeyRefused as refusal:
        _note(request, refusal)
        messages.error(request, NOT_TAKEN)
        following = request.POST.get("next", "")
        return redirect(reverse("account_login") + (f"?{urlencode({'next': following})}" if following else ""))
    # As after a password: until the browser is closed, and no longer than all others.
    request.session.set_expiry(0)
    answer: HttpResponse = perform_passwordless_login(request, passkey, Login(user=passkey.user))
    return answer


_in_second_step = login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")


@require_POST
@_in_second_step  # type: ignore[untyped-decorator]  # allauth ships no types
def challenge_for_step(request: HttpRequest) -> JsonResponse:
    return _challenge(request, Purpose.SECOND_STEP, _person_of_step(request))


@require_POST
@_in_second_step  # type: ignore[untyped-decorator]
def second_step(request: HttpRequest) -> HttpResponse:
    """After the password, in the place of a code."""
    try:
        passkey = accept_shown(
            request, purpose=Purpose.SECOND_STEP, person=_person_of_step(request), answer=_answer(request)
        )
    except PasskeyRefused as refusal:
        _note(request, refusal)
        messages.error(request, NOT_TAKEN)
        return redirect("mfa_authenticate")
    post_authentication(request, passkey)
    answer: HttpResponse = request._login_stage.exit()  # type: ignore[attr-defined]  # set by the decorator
    return answer


@never_cache
@require_POST
@login_required
def challenge_to_confirm(request: HttpRequest) -> JsonResponse:
    return _challenge(request, Purpose.CONFIRM, _person_of(request))


@method_decorator([never_cache, login_required], name="dispatch")
class Confirm(BaseReauthenticateView):  # type: ignore[misc]
    """A fresh proof, before something about the sign-in changes; or the second factor in a session without it."""

    form_class = ShownAgain
    template_name = "mfa/passkey_confirm.html"
    http_method_names = ("get", "head", "post")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"person": self.request.user}

    def form_valid(self, form: ShownAgain) -> HttpResponse:
        form.save()
        answer: HttpResponse = super().form_valid(form)
        return answer


confirm = Confirm.as_view()


@never_cache
@require_POST
@login_required
def challenge_to_add(request: HttpRequest) -> JsonResponse:
    """Says first what would be refused afterwards: the device would then keep a passkey that opens nothing."""
    person = _person_of(request)
    if not are_offered():
        return _problem(409, str(NOT_OFFERED))
    if not did_recently_reauthenticate(request):
        return _problem(409, gettext("It is a while since you showed that it is you. Load this page again."))
    form = NewPasskey(request.POST)
    if not form.is_valid():
        return _problem(422, " ".join(map(str, form.errors["name"])))
    try:
        check_room(person)
    except ValidationError as error:
        return _problem(422, " ".join(error.messages))
    return JsonResponse(challenge_for_new(request, person))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def add(request: HttpRequest) -> HttpResponse:
    person = _person_of(request)
    form = NewPasskey(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = accept_new(request, person=person, answer=_answer(request))
            passkey, has_new_codes = add_passkey(
                name=form.cleaned_data["name"], made=made, added_by=person, caller=caller_of(request)
            )
        except PasskeyRefused:
            form.add_error(
                None, gettext("Your browser's answer was not taken: it came too late, or twice. Try once more.")
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            note_set_up_here(request, passkey)
            messages.success(
                request, gettext("The passkey %(name)s is in your list.") % {"name": form.cleaned_data["name"]}
            )
            return redirect("mfa_view_recovery_codes" if has_new_codes else "mfa_index")
    shown = {"form": form, "settles_days": settings.SETTLES_AFTER.days}
    return render(request, "mfa/passkey_add.html", shown, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def remove(request: HttpRequest, key: int) -> HttpResponse:
    person = _person_of(request)
    passkey = get_object_or_404(Authenticator, pk=key, user=person, type=Authenticator.Type.WEBAUTHN)
    shown = {"name": str(passkey), "can_go": can_go(passkey)}
    if request.method != "POST":
        return render(request, "mfa/passkey_remove.html", shown)
    try:
        remove_factor(factor=passkey, removed_by=person, caller=caller_of(request))
    except LastFactor:
        return render(request, "mfa/passkey_remove.html", shown | {"can_go": False}, status=422)
    messages.success(
        request,
        gettext("The passkey %(name)s opens nothing any more. Delete it on its device, too.") % {"name": str(passkey)},
    )
    return redirect("mfa_index")


def _challenge(request: HttpRequest, purpose: Purpose, person: Person) -> JsonResponse:
    if not are_offered():
        return _problem(409, str(NOT_OFFERED))
    return JsonResponse(challenge_to_show(request, purpose, person))


def _problem(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"status": status, "detail": detail}, status=status)


def _answer(request: HttpRequest) -> str:
    return str(request.POST.get("credential", ""))


def _person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101  # behind `login_required`
    return request.user


def _person_of_step(request: HttpRequest) -> Person:
    person: Person = request._login_stage.login.user  # type: ignore[attr-defined]  # set by the decorator
    return person


def _note(request: HttpRequest, refusal: PasskeyRefused, *, step: Step = Step.REFUSE) -> None:
    """No budget holds these back, so one row in a while is enough: of a person, or of all who are nobody."""
    note_failed_try(
        FailedTry(
            step=step,
            typed=refusal.whose.email if refusal.whose else "",
            caller=caller_of(request),
            details={
                "method": "passkey",
                "signed_in": request.user.is_authenticated,
                "reason": refusal.reason,
            },
            once=True,
        )
    )


def _sweep() -> None:
    """Strangers begin sessions here: each takes some along that have ended, so that they never pile up.

    What another request is taking already is left to it: the two could wait for each other.
    """
    with transaction.atomic():
        ended = Session.objects.select_for_update(skip_locked=True).filter(expire_date__lt=timezone.now())
        Session.objects.filter(pk__in=[session.pk for session in ended[:SWEPT]]).delete()
