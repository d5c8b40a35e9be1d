"""Loss cards of the own sites: made, printed this once, and revoked, by who may report losses there."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from limits.budget import Budget
from limits.spending import OutOfBudget, spend
from sensors.cases.operations.make_loss_card import make_loss_card
from sensors.cases.operations.report_loss_by_card import MOST_IN_AN_HOUR
from sensors.cases.operations.revoke_loss_card import revoke_loss_card
from sensors.enrolment.qr_code import qr_code
from sensors.models import LossCard
from sensors.pages.searched_words import searched_words
from sensors.pages.signed_in import person_of
from tenants.models import Customer, Person, Site
from tenants.roles import Permission

# Each new card is a mail to everybody there: no account fills the others' mailboxes with them.
MADE_BY_PERSON = Budget("card:make", burst=20, refill=300)
TOO_MANY = _("You have made many cards just now. The card that is good stays good. Make another in some minutes.")
PAGE_SIZE = 50
SHOWN = 20


@require_safe
@login_required
def loss_cards(request: HttpRequest) -> HttpResponse:
    """Raises Http404 for who may report nothing anywhere."""
    person = person_of(request)
    customers = Customer.objects.permitting(person, Permission.LOSS_REPORT)
    if not customers.exists():
        raise Http404
    sites = Site.objects.permitting(person, Permission.LOSS_REPORT).select_related("customer")
    if words := searched_words(request):
        sites = sites.filter(name__icontains=words) | sites.filter(customer__name__icontains=words)
    mine = LossCard.objects.permitting(person, Permission.LOSS_REPORT)
    good = Prefetch("loss_cards", queryset=mine.good().select_related("made_by"), to_attr="good_cards")
    ordered = sites.order_by("customer__name", "name", "pk").prefetch_related(good)
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "several_customers": customers.count() > 1}
    return render(request, "sensors/loss_cards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def loss_card(request: HttpRequest, site: UUID) -> HttpResponse:
    person = person_of(request)
    sites = Site.objects.permitting(person, Permission.LOSS_REPORT).select_related("customer")
    found = get_object_or_404(sites, pk=site)
    if request.method == "POST":
        return _revoke(request, found, person) if "revoke" in request.POST else _make(request, found, person)
    return _page(request, found)


def _make(request: HttpRequest, site: Site, person: Person) -> HttpResponse:
    """The page to print, this once. Nothing of the code is kept, in the session or anywhere else."""
    after = _number(request.POST.get("after", ""))
    try:
        spend(MADE_BY_PERSON.of(str(person.pk)))
    except OutOfBudget:
        return _page(request, site, [str(TOO_MANY)], status=429)
    try:
        card, code = make_loss_card(site=site, made_by=person, after=after)
    except ValidationError as error:
        return _page(request, site, error.messages, status=422)
    address = settings.BASE_URL + reverse("card")
    context = {
        "card": card,
        "site": site,
        "code": code,
        "address": address.removeprefix("https://").removeprefix("http://"),
        "qr": qr_code(f"{address}#{code}"),
        "most": MOST_IN_AN_HOUR,
    }
    return render(request, "card/sheet.html", context, status=201)


def _revoke(request: HttpRequest, site: Site, person: Person) -> HttpResponse:
    card = get_object_or_404(LossCard.objects.filter(site=site), pk=_number(request.POST.get("revoke", "")))
    revoke_loss_card(card=card, revoked_by=person)
    messages.success(
        request, gettext("Loss card %(number)s is revoked: nobody can report with it any more.") % {"number": card.pk}
    )
    return redirect("loss-card", site=site.pk)


def _page(request: HttpRequest, site: Site, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
    cards = list(LossCard.objects.filter(site=site).select_related("made_by", "revoked_by")[:SHOWN])
    context = {
        "site": site,
        "good": next((card for card in cards if not card.revoked_at), None),
        "past": [card for card in cards if card.revoked_at],
        "newest": cards[0].pk if cards else 0,
        "faults": faults,
        "most": MOST_IN_AN_HOUR,
    }
    return render(request, "sensors/loss_card.html", context, status=status)


def _number(text: str) -> int:
    """Raises Http404 for what no form of this page sends."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)
