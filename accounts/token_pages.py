"""A person's own tokens: what there are, a new one, the end of one."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.caller import caller_of
from accounts.models import AccessToken
from accounts.operations.make_token import make_token, permissions_to_lend
from accounts.operations.revoke_token import revoke_token
from tenants.models import Customer, Person
from tenants.roles import TOKEN_PERMISSIONS, Permission

DAYS = (30, 90, 180, 365)
# In the order of the form.
IN_WORDS = {
    Permission.SENSOR_VIEW: "See sensors and sites",
    Permission.CASE_VIEW: "See cases",
    Permission.CUSTOMER_VIEW: "See customers, and the description of the interface",
    Permission.LOSS_REPORT: "Report a sensor lost or stolen, and add notes to cases",
    Permission.SITE_MANAGE: "Register and change sites",
    Permission.SENSOR_MANAGE: "Register, change and retire sensors, and fetch their files",
    Permission.ENROLMENT_CODE_ISSUE: "Issue enrolment codes",
    Permission.CUSTOMER_MANAGE: "Change customers' settings for Security Onion",
    Permission.GATEWAY_MANAGE: "Revoke gateways",
}
assert set(IN_WORDS) == TOKEN_PERMISSIONS  # noqa: S101  # at the start, not for a request


class NewToken(forms.Form):
    name = forms.CharField(
        max_length=80,
        label="What is it for?",
        help_text="Such as the program, and where it runs. By this name you find it again.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what the token is for. By this name you find it again."},
    )
    permissions = forms.MultipleChoiceField(
        label="What may it do?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the token may do."},
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, label="Where?", empty_label="At all customers that I may see"
    )
    days = forms.TypedChoiceField(
        choices=[(days, f"{days} days") for days in DAYS], coerce=int, initial=90, label="For how long?"
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = permissions_to_lend(person, None)
        fields: dict[str, Any] = self.fields
        fields["permissions"].choices = [(each.value, words) for each, words in IN_WORDS.items() if each in held]
        fields["customer"].queryset = Customer.objects.visible_to(person)


def _person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101  # behind `login_required`
    return request.user


@never_cache
@require_safe
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    rows = AccessToken.objects.of(_person_of(request)).select_related("customer", "use", "person")
    shown = [_card(row) for row in rows.good(now)]
    return render(request, "account/tokens.html", {"tokens": shown})


def _card(token: AccessToken) -> dict[str, Any]:
    can = [words for each, words in IN_WORDS.items() if each in token.permissions]
    return {"token": token, "can": can, "has_ended": token.has_ended()}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def new_token(request: HttpRequest) -> HttpResponse:
    """Shows the token in the answer to the form: it is kept nowhere from which another page could read it."""
    person = _person_of(request)
    form = NewToken(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            written = make_token(
                name=values["name"],
                permissions={Permission(each) for each in values["permissions"]},
                customer=values["customer"],
                days=values["days"],
                made_by=person,
                caller=caller_of(request),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(request, "account/token_made.html", {"written": written, "name": values["name"]}, status=201)
    return render(request, "account/token_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Without a new proof of who asks: it has to be quick."""
    person = _person_of(request)
    token = get_object_or_404(AccessToken.objects.of(person).select_related("person"), prefix=prefix)
    if request.method == "POST":
        revoke_token(token=token, revoked_by=person, caller=caller_of(request))
        messages.success(request, f"{token.name} is revoked. What still uses it is refused from now on.")
        return redirect("tokens")
    return render(request, "account/token_revoke.html", {"token": token})
