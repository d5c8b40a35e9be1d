"""The page of a loss card, for somebody without an account: the code, which box, cut off. Works without JavaScript.

There is no session: the code comes with each form, and stands in no address, so in no log. The QR code has it behind a
`#`, which browsers send to nobody; `card.js` writes it into the field.
"""

from datetime import UTC, datetime

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from limits.budget import Budget
from limits.spending import OutOfBudget, spend
from sensors.cases.card_codes import digest_of
from sensors.cases.operations.report_loss_by_card import CardRevoked
from sensors.cases.operations.report_losses import Reported
from sensors.cases.operations.report_losses_by_card import report_losses_by_card
from sensors.cases.pages.report_form import KindForm, keys_in
from sensors.enrolment.api.source_throttle import source_of
from sensors.models import IN_ORDER, Case, LossCard, Sensor
from tenants.page_language import speak

# Of wrong codes alone. A right one is never refused for others' wrong ones: nobody keeps a card from working, and 113
# random bits are found by no number of tries. What this bounds is what guessing costs us.
WRONG_FROM_ADDRESS = Budget("card:address", burst=10, refill=60)
WRONG_AT_PORTAL = Budget("card:portal", burst=100, refill=2)
MOST_LISTED = 200


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code on the card"),
        help_text=_("With or without the dashes, in capitals or not."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class CardForm(KindForm):
    sensor = forms.ModelMultipleChoiceField(
        Sensor.objects.none(),
        widget=forms.MultipleHiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_pk_value"), _("Choose which box is gone. It must be one of these.")
        ),
    )

    # When the page was made on which the boxes were chosen. Signed, so that nobody makes one older or newer.
    shown = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, data: object, *, card: LossCard, kind: str = "") -> None:
        """`kind` is what was chosen before, on a page that is only shown again."""
        super().__init__(data, initial={"kind": kind})  # type: ignore[arg-type]  # Django's
        self._salt = f"sensors.loss-card.{card.pk}"
        self.fields["sensor"].queryset = Sensor.objects.offered_by(card)  # type: ignore[attr-defined]

    def clean_shown(self) -> datetime:
        try:
            seconds: float = signing.loads(self.cleaned_data["shown"], salt=self._salt)
        except signing.BadSignature:
            raise ValidationError(_("NOT reported yet: look at your choice once more, then cut off.")) from None
        return datetime.fromtimestamp(seconds, UTC)

    def shown_now(self) -> str:
        return signing.dumps(timezone.now().timestamp(), salt=self._salt)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
def card(request: HttpRequest) -> HttpResponse:
    received_at = timezone.now()
    if request.method != "POST":
        return render(request, "card/code.html", {"form": CodeForm()})
    if "language" in request.POST:
        speak(request, request.POST["language"])
        # With what was typed so far, whether it is a code or not.
        if not request.POST.keys() & {"shown", "look"}:
            return render(request, "card/code.html", {"form": CodeForm(initial={"code": request.POST.get("code", "")})})
    code = digest_of(request.POST.get("code", ""))
    found = LossCard.objects.with_code(code).select_related("site__customer").first()
    if found is None:
        return _wrong(request)
    if "look" in request.POST:
        return _look(request, found)
    if "send" not in request.POST:
        return _boxes(request, found, CardForm(None, card=found, kind=request.POST.get("kind", "")))
    form = CardForm(request.POST, card=found)
    if not form.is_valid():
        return _boxes(request, found, form, status=422)
    return _report(request, found, form, received_at)


def _report(request: HttpRequest, card: LossCard, form: CardForm, received_at: datetime) -> HttpResponse:
    try:
        told, too_many = report_losses_by_card(
            card=card,
            sensors=form.cleaned_data["sensor"].select_related("site__customer").order_by(*IN_ORDER),
            kind=form.cleaned_data["kind"],
            received_at=received_at,
            shown_at=form.cleaned_data["shown"],
        )
    except CardRevoked:
        return _wrong(request)
    cases = [each.case for each in told if each.case]
    refused = [each for each in told if not each.case]
    return _sent(request, cases, refused, too_many, status=429 if too_many else 422 if refused else 200)


def _look(request: HttpRequest, card: LossCard) -> HttpResponse:
    """What became of boxes that were reported. It reports nothing."""
    named = keys_in(request.POST, "sensor")
    mine = Sensor.objects.offered_by(card).filter(pk__in=named)
    cases = Case.objects.filter(sensor__in=mine, closed_at=None).select_related("sensor").order_by("sensor__name")
    return _sent(request, list(cases), [], [], status=200)


def _sent(
    request: HttpRequest, cases: list[Case], refused: list[Reported], too_many: list[Sensor], *, status: int
) -> HttpResponse:
    cut = bool(cases) and all(case.confirmed_at for case in cases)
    context = {"code": request.POST["code"], "cases": cases, "refused": refused, "too_many": too_many, "cut": cut}
    return render(request, "card/sent.html", context, status=status)


def _wrong(request: HttpRequest) -> HttpResponse:
    """One answer for a code that is unknown, revoked or none at all."""
    context = {"form": CodeForm(), "refused": True, "too_many_tries": False}
    try:
        spend(WRONG_FROM_ADDRESS.of(source_of(request)), WRONG_AT_PORTAL.of())
    except OutOfBudget:
        return render(request, "card/code.html", context | {"too_many_tries": True}, status=429)
    return render(request, "card/code.html", context, status=422)


def _boxes(request: HttpRequest, card: LossCard, form: CardForm, status: int = 200) -> HttpResponse:
    boxes = _of_site(card)
    context = {
        "card": card,
        "code": request.POST["code"],
        "form": form,
        "boxes": boxes[:MOST_LISTED],
        "more": len(boxes) > MOST_LISTED,
        "chosen": request.POST.getlist("sensor")[:MOST_LISTED],
    }
    return render(request, "card/boxes.html", context, status=status)


def _of_site(card: LossCard) -> list[Sensor]:
    """By name and description, and whether it is reported already: who holds the card learns no more."""
    offered: QuerySet[Sensor] = Sensor.objects.offered_by(card)
    cases = Case.objects.filter(sensor__in=offered, closed_at=None)
    shown = offered.order_by(*IN_ORDER).prefetch_related(Prefetch("cases", queryset=cases, to_attr="open_cases"))
    return list(shown[: MOST_LISTED + 1])
