"""What waits for this person: read what is asked and what becomes true, then agree or refuse."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sensors.desk.decision_cards import DecisionCard, decision_cards
from sensors.desk.held_cards import held_cards
from sensors.keys.held_requests import waiting_boxes
from sensors.pages.signed_in import person_of
from tenants.decisions import DECISIONS, Agreed, decidable_by
from tenants.models import Approval, Person
from tenants.on_record import on_record
from tenants.operations.decide_approval import refuse_approval

PAGE_SIZE = 25
# More than these wait in need of somebody who calls, not of somebody who reads on.
BOXES_SHOWN = 25
LISTING = "tenants.approval"


@require_safe
@never_cache
@login_required
def decisions(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    asked = decidable_by(person, now).select_related("customer", "requested_by", "decided_by").order_by("expires_at")
    page = Paginator(asked, PAGE_SIZE).get_page(request.GET.get("page"))
    boxes = waiting_boxes(person, now)
    held = held_cards(boxes[:BOXES_SHOWN], person)
    on_record(request, listing=LISTING)
    context = {
        "page": page,
        "cards": decision_cards(list(page), person, now),
        "held": held,
        "held_count": len(held) if len(held) < BOXES_SHOWN else boxes.count(),
    }
    return render(request, "sensors/decisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Also of one's own request, which can be taken back, and of one that is decided."""
    person = person_of(request)
    card = _card_of(pk, person)
    problem = ""
    if request.method == "POST":
        try:
            agreed = _decided(request, card, person)
        except ValidationError as error:
            problem, card = " ".join(error.messages), _card_of(pk, person)
        else:
            if agreed and agreed.code:
                # In the answer itself: nowhere else is it kept.
                return render(request, "sensors/decision_code.html", {"agreed": agreed, "card": card})
            return redirect("decision", pk=pk)
    else:
        on_record(request, listing=LISTING, asked={"object": [str(pk)]})
    context = {"card": card, "problem": problem, "goes_on": card.decision.goes_on(card.approval, person)}
    return render(request, "sensors/decision.html", context, status=409 if problem else 200)


def _card_of(pk: UUID, person: Person) -> DecisionCard:
    """Raises Http404 unless the person may decide it, has asked for it, or is of the staff, who may read all."""
    rows = Approval.objects.visible_to(person).filter(action__in=DECISIONS)
    approval = get_object_or_404(rows.select_related("customer", "requested_by", "decided_by"), pk=pk)
    (card,) = decision_cards([approval], person, timezone.now())
    if not (card.may_agree or card.may_refuse or card.own or person.provider_roles()):
        raise Http404
    return card


def _decided(request: HttpRequest, card: DecisionCard, person: Person) -> Agreed | None:
    """Raises PermissionDenied for who may do neither, and ValidationError."""
    if not (card.may_agree or card.may_refuse or card.own):
        raise PermissionDenied
    approval = card.approval
    if request.POST.get("do") == "agree":
        agreed = card.decision.agree(approval.pk, person)
        if not agreed.code:
            messages.success(request, agreed.message)
        return agreed
    if request.POST.get("do") != "refuse":
        raise ValidationError("Say whether you agree.")
    if not (card.may_refuse or card.own):
        raise PermissionDenied
    refuse_approval(approval=approval.pk, about=approval.about, refused_by=person)
    messages.success(request, card.decision.refused)
    return None
