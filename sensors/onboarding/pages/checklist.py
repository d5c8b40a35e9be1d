"""A customer of whom not every box is at work yet: what is done, what is missing, and where each is done."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from sensors.models import ImportRun
from sensors.onboarding.pages.customers import customer_for_staff
from sensors.onboarding.steps import Appearance, appearances, first_green_box, is_anywhere, steps_of
from sensors.pages.signed_in import person_of
from tenants.change_policy import networks_need_second_person
from tenants.models import Customer, Person, Site
from tenants.operations.change_site import change_site
from tenants.operations.request_networks import request_networks
from tenants.roles import Permission


class NetworkForm(forms.Form):
    """Of one site, filled in with where its box was seen."""

    site = forms.UUIDField(widget=forms.HiddenInput)
    networks = forms.CharField(
        max_length=2000,
        help_text="Wider, such as 203.0.113.0/28, if that is what the site has. Several with a space between them.",
        widget=forms.TextInput,
    )

    def __init__(self, seen: Appearance) -> None:
        initial = {"site": seen.site.pk, "networks": seen.network}
        super().__init__(initial=initial, auto_id=f"id_{seen.site.pk}_%s")
        self.fields["networks"].label = f"Expected network of {seen.site.name}"
        self.seen = seen


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def checklist(request: HttpRequest, pk: UUID) -> HttpResponse:
    person, customer = person_of(request), customer_for_staff(request, pk)
    if request.method == "POST":
        return _confirm_network(request, customer, person)
    runs = ImportRun.objects.visible_to(person).filter(customer=customer)
    steps = steps_of(customer, may_invite=customer.permits(person, Permission.PERSON_MANAGE))
    context = {
        "customer": customer,
        "steps": steps,
        "next_step": next((step for step in steps if not step.done), None),
        "green": first_green_box(customer),
        "forms": [NetworkForm(seen) for seen in appearances(customer)],
        "may_write": customer.permits(person, Permission.SITE_MANAGE),
        "two_people": customer.two_people_for_changes,
        "runs": runs.select_related("uploaded_by")[:5],
    }
    return render(request, "sensors/checklist.html", context)


def _confirm_network(request: HttpRequest, customer: Customer, person: Person) -> HttpResponse:
    """That a box was seen somewhere is no reason: a person says that this is where the site is.

    Raises Http404 for who may not say so, and for another customer's site.
    """
    if not customer.permits(person, Permission.SITE_MANAGE):
        raise Http404
    try:
        site = get_object_or_404(Site.objects.filter(customer=customer), pk=UUID(request.POST.get("site", "")))
    except ValueError:
        raise Http404 from None
    told = request.POST.get("networks", "")[:2000].replace(",", " ").split()
    # "Anywhere" has served its purpose; networks that somebody has named stay.
    networks = told if is_anywhere(site) else [*site.expected_networks, *told]
    try:
        if networks_need_second_person(site=site, expected_networks=networks):
            request_networks(
                site=site,
                expected_networks=networks,
                reason="A box of the site was seen there, and this was confirmed as the site's network.",
                requested_by=person,
            )
            messages.success(request, "Another person has to agree before it counts. People are told.")
        else:
            change_site(site=site, name=site.name, expected_networks=networks, changed_by=person.actor)
            messages.success(request, f"Boxes of {site.name} are expected from {', '.join(told)}.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("checklist", pk=customer.pk)
