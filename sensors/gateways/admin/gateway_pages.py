"""A gateway's own pages in the admin: its code, and its end."""

from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from sensors.gateways.operations.collect_gateway_code import code_that_waits, collect_gateway_code
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.revoke_gateway import boxes_of, revoke_gateway
from sensors.models import Gateway
from tenants.confirm_page import confirm_page
from tenants.models import Approval
from tenants.provider_admin import staff_of
from tenants.roles import Permission


def managed_gateway(request: HttpRequest, pk: UUID) -> Gateway:
    """Raises Http404, and PermissionDenied for staff who only look."""
    person = staff_of(request)
    gateway = get_object_or_404(Gateway.objects.visible_to(person), pk=pk)
    if not Gateway.objects.permitting(person, Permission.GATEWAY_MANAGE).filter(pk=pk).exists():
        raise PermissionDenied
    return gateway


@never_cache
def code_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asks for a code, and shows it to the one who asked, once another has agreed."""
    gateway, person, code = managed_gateway(request, pk), staff_of(request), ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "ask":
                reason = request.POST.get("reason", "")
                waits = request_gateway_code(gateway=gateway, reason=reason, requested_by=person)
                return redirect(decision_url(waits))
            code = collect_gateway_code(approval=_named(request), collected_by=person)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(reverse("admin:sensors_gateway_code", args=[pk]))
    context = admin.site.each_context(request) | {
        "title": f"Enrolment code for {gateway}",
        "machine": gateway,
        "change_url": reverse("admin:sensors_gateway_change", args=[pk]),
        "code": code,
        "collectable": code_that_waits(gateway=gateway, person=person),
        "waiting": Approval.objects.visible_to(person).waiting(timezone.now()).filter(about=gateway.about).first(),
        "boxes": boxes_of(gateway).count(),
    }
    return TemplateResponse(request, "admin/sensors/gateway_code.html", context)


def _named(request: HttpRequest) -> UUID:
    """The request whose code is to be shown. Raises ValidationError."""
    try:
        return UUID(request.POST.get("approval", ""))
    except ValueError:
        raise ValidationError("Say what you want: ask for a code, or have it shown.") from None


def decision_url(approval: Approval) -> str:
    return reverse("decision", args=[approval.pk])


@never_cache
def revoke_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    gateway = managed_gateway(request, pk)
    boxes = boxes_of(gateway).count()

    def revoke(reason: str) -> str:
        revoke_gateway(gateway=gateway, reason=reason, revoked_by=staff_of(request))
        return f"{gateway} is revoked. All of the staff are told. Switch the machine off, or cut it from the network."

    return confirm_page(
        request,
        title=f"Revoke gateway {gateway}",
        consequences=[
            "The portal tells this machine nothing any more, and believes nothing that it says.",
            f"The disk keys of its {boxes} sensors are held. Those that run go on recording.",
            "Tunnels over this machine fall when it is switched off or cut from the network, which is yours to do.",
            "The way back takes two people, a machine that enrols with a new code, and each sensor has to enrol again.",
        ],
        button="Revoke now",
        change_url=reverse("admin:sensors_gateway_change", args=[pk]),
        do=revoke,
        asks_why="All of the staff read this.",
    )
