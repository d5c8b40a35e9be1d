"""A customer's audit trail for those who may read it: in sentences, filtered by the address, or the whole to keep."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from limits.budget import Budget
from limits.spending import OutOfBudget, spend
from sensors.desk.records import last_verification
from sensors.desk.records import records as records_of
from sensors.models import Case, Sensor
from sensors.pages.signed_in import person_of
from tenants.audit.chain import to_line
from tenants.audit.verify_audit import chain_entries
from tenants.models import AuditChain, AuditEntry, Customer, Person
from tenants.on_record import on_record
from tenants.roles import Permission

PAGE_SIZE = 50
LISTING = "tenants.auditentry"
# Each reads a whole chain.
EXPORTS_OF_PERSON = Budget("records:export", burst=5, refill=300)


@require_safe
@never_cache
@login_required
def records(request: HttpRequest) -> HttpResponse:
    """Raises Http404 for who may read no customer's trail, and for a filter that names nothing of theirs."""
    person = person_of(request)
    customers = Customer.objects.permitting(person, Permission.AUDIT_VIEW)
    if not customers.exists():
        raise Http404
    customer = _chosen(request, customers)
    found = _filtered(request, _entries(customers, customer, person), person, customer)
    page = list(found.select_related("chain__customer")[: PAGE_SIZE + 1])
    on_record(request, listing=LISTING)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "records": records_of(page[:PAGE_SIZE], person),
        "older": (page[PAGE_SIZE - 1].sequence if customer else page[PAGE_SIZE - 1].pk) if page[PAGE_SIZE:] else None,
        "paged": "before" in request.GET,
        "query": query.urlencode(),
        "customer": customer,
        "filter": _filter(request, customers, customer, person),
        "verified": last_verification(),
    }
    return render(request, "sensors/records.html", context)


class RecordFilter(forms.Form):
    """What can be asked in the address. It is shown, and `_filtered` reads the address itself."""

    customer = forms.ChoiceField(required=False)
    box = forms.ChoiceField(label="Sensor", required=False)
    person = forms.CharField(label="Person, by e-mail address", required=False, max_length=254)
    day = forms.CharField(label="Day, in UTC", required=False, widget=forms.DateInput(attrs={"type": "date"}))


def _filter(
    request: HttpRequest, customers: QuerySet[Customer], customer: Customer | None, person: Person
) -> RecordFilter:
    asked = {name: request.GET.get(name, "") for name in RecordFilter.base_fields}
    filter_ = RecordFilter(initial=asked | ({"customer": str(customer.pk)} if customer else {}))
    several = list(customers.order_by("name").values_list("pk", "name"))
    boxes = Sensor.objects.visible_to(person).filter(site__customer=customer).order_by("name")
    choices = {"customer": several, "box": list(boxes.values_list("pk", "name")) if customer else []}
    for name, rows in choices.items():
        field = cast(forms.ChoiceField, filter_.fields[name])
        field.choices = [("", "All"), *((str(key), words) for key, words in rows)]
    if len(several) == 1:
        del filter_.fields["customer"]
    if customer is None:
        del filter_.fields["box"]
    return filter_


def _chosen(request: HttpRequest, customers: QuerySet[Customer]) -> Customer | None:
    """The one that the address names, or the only one there is."""
    if key := request.GET.get("customer"):
        return get_object_or_404(customers, pk=_key(key))
    few = list(customers[:2])
    return few[0] if len(few) == 1 else None


def _entries(customers: QuerySet[Customer], customer: Customer | None, person: Person) -> QuerySet[AuditEntry]:
    """The newest first; of one customer by the index of its chain."""
    if customer:
        return AuditEntry.objects.visible_to(person).filter(chain__customer=customer).order_by("-sequence")
    return AuditEntry.objects.visible_to(person).filter(chain__customer__in=customers).order_by("-pk")


def _filtered(
    request: HttpRequest, entries: QuerySet[AuditEntry], person: Person, customer: Customer | None
) -> QuerySet[AuditEntry]:
    """Raises Http404 for what no form of this page sends."""
    if key := request.GET.get("box"):
        sensor = get_object_or_404(Sensor.objects.visible_to(person), pk=_key(key))
        cases = [case.about for case in Case.objects.visible_to(person).filter(sensor=sensor)]
        entries = entries.filter(subject__in=[f"sensor:{sensor.subject}", f"machine:{sensor.subject}", *cases])
    if words := request.GET.get("person", "").strip().lower()[:254].replace("\0", ""):
        entries = entries.filter(Q(actor=f"person:{words}") | Q(subject__in=[words, f"person:{words}"]))
    if text := request.GET.get("day"):
        begin = datetime.combine(_day(text), time(), UTC)
        entries = entries.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    if text := request.GET.get("before"):
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Http404
        entries = entries.filter(**{"sequence__lt" if customer else "pk__lt": int(text)})
    return entries


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    # The last day has no next one.
    if day == date.max:
        raise Http404
    return day


@require_POST
@never_cache
@login_required
def export(request: HttpRequest, customer: UUID) -> HttpResponseBase:
    """The whole chain as JSON lines, which `tenants/audit/chain.py` verifies anywhere. 429 for too many."""
    person = person_of(request)
    found = get_object_or_404(Customer.objects.permitting(person, Permission.AUDIT_VIEW), pk=customer)
    chain = get_object_or_404(AuditChain, customer=found)
    try:
        spend(EXPORTS_OF_PERSON.of(str(person.pk)))
    except OutOfBudget:
        return render(request, "sensors/records_too_often.html", {"back": reverse("records")}, status=429)
    on_record(request, listing=LISTING, asked={"export": [found.slug]})
    answer = StreamingHttpResponse(_lines(chain), content_type="application/jsonl; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="records-{found.slug}.jsonl"'
    return answer


def _lines(chain: AuditChain) -> Iterator[Any]:
    for entry in chain_entries(chain, until=chain.length):
        yield to_line(entry) + "\n"
