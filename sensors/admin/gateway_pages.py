"""A gateway's own pages in the admin: its code, what two people decide of it, and its end."""

from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from sensors.admin.confirm_page import confirm_page
from sensors.gateway_steps import ACTIONS, CHANGE, CODE_ACTIONS, GIVE_BACK, ISSUE_CODE, REGISTER
from sensors.models import Gateway
from sensors.operations.agree_to_gateway import agree_to_gateway
from sensors.operations.collect_gateway_code import code_that_waits, collect_gateway_code
from sensors.operations.request_gateway_code import request_gateway_code
from sensors.operations.revoke_gateway import boxes_of, revoke_gateway
from tenants.admin.decision_page import decide, decision_page
from tenants.models import Approval, Person
from tenants.operations.record_read import record_read
from tenants.provider_admin import staff_of
from tenants.roles import Permission

_WORDS = {
    REGISTER: "Register gateway {}",
    CHANGE: "Change gateway {}",
    ISSUE_CODE: "A code for gateway {}",
    GIVE_BACK: "Another machine as gateway {}",
}


def managed_gateway(request: HttpRequest, pk: UUID) -> Gateway:
    """Raises Http404, and PermissionDenied for staff who only look."""
    person = staff_of(request)
    gateway = get_object_or_404(Gateway.objects.visible_to(person), pk=pk)
    if not Gateway.objects.permitting(person, Permission.GATEWAY_MANAGE).filter(pk=pk).exists():
        raise PermissionDenied
    return gateway


@never_cache
def code_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asks for a code, and shows it to whoever asked, once another has agreed."""
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
    return reverse("admin:sensors_gateway_decide", args=[approval.pk])


@never_cache
def decide_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = staff_of(request)
    approval = get_object_or_404(Approval.objects.visible_to(person).filter(action__in=ACTIONS), pk=pk)
    if request.method == "POST":
        return decide(
            request,
            approval=approval,
            agree=lambda by: _agreed(approval, by),
            refused="It is not done.",
            page=decision_url(approval),
        )
    record_read(reader=person, listing=Approval._meta.label_lower, asked={"object": [str(pk)]})
    gateway = Gateway.objects.visible_to(person).filter(name=approval.details["gateway"]).first()
    hands_out_code = approval.action in CODE_ACTIONS
    fetches = hands_out_code and gateway and code_that_waits(gateway=gateway, person=person) == approval
    return decision_page(
        request,
        approval=approval,
        permission=Permission.GATEWAY_MANAGE,
        template="admin/sensors/decide_gateway.html",
        title=_WORDS[approval.action].format(approval.details["gateway"]),
        facts=_facts(approval, gateway),
        context={
            "hands_out_code": hands_out_code,
            "code_url": reverse("admin:sensors_gateway_code", args=[gateway.pk]) if gateway and fetches else "",
        },
    )


def _agreed(approval: Approval, person: Person) -> str:
    agreed = agree_to_gateway(approval=approval.pk, approved_by=person)
    done = f"{agreed.requested_by} can have the code shown now." if agreed.action in CODE_ACTIONS else "It is done."
    return f"{done} All of the staff are told, with both your names."


def _facts(approval: Approval, gateway: Gateway | None) -> dict[str, str]:
    """As it would be, and as it is where that is different."""
    now = {}
    if gateway:
        now = {"host": gateway.host, "port": gateway.port, "base_networks": gateway.base_networks}
    wanted = now | approval.details
    facts = {
        "Gateway": wanted["gateway"],
        "Host": f"{wanted['host']}, UDP port {wanted['port']}",
        "Underlay": wanted.get("network") or (gateway.network if gateway else ""),
        "At base": ", ".join(wanted["base_networks"]) or "no network",
    }
    if approval.action == CHANGE and gateway and not approval.verdict:
        bases = ", ".join(gateway.base_networks) or "no network"
        facts["Now"] = f"{gateway.host}, UDP port {gateway.port}; at base {bases}"
    if approval.action == GIVE_BACK:
        facts["Means"] = f"Each of its {boxes_of(gateway).count() if gateway else 0} boxes has to enrol again."
    return facts


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
            "The way back takes two people, a machine that enrols anew, and each sensor has to enrol again.",
        ],
        button="Revoke now",
        change_url=reverse("admin:sensors_gateway_change", args=[pk]),
        do=revoke,
        asks_why="All of the staff read this.",
    )
