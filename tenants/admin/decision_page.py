"""The page on which a second person agrees, or somebody says no: asks on GET, decides on POST."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from tenants.models import Approval, Person
from tenants.operations.check_standing import why_not
from tenants.operations.decide_approval import refuse_approval
from tenants.provider_admin import roles_of, staff_of
from tenants.roles import PROVIDER_WRITERS, Permission


def decision_page(
    request: HttpRequest,
    *,
    approval: Approval,
    permission: Permission,
    template: str,
    title: str,
    facts: Mapping[str, str],
    context: dict[str, Any],
) -> HttpResponse:
    """What somebody asks for, with buttons for who may decide. `facts` that are empty are left out."""
    person = staff_of(request)
    own = approval.requested_by_id == person.pk
    about_it = {
        "Asked by": f"{approval.requested_by} ({approval.requested_by.email})",
        "Asked": f"{approval.requested_at:%d %b %Y, %H:%M} UTC",
        "Agree by": f"{approval.expires_at:%d %b %Y, %H:%M} UTC",
        "Why": approval.reason,
    }
    values = admin.site.each_context(request) | {
        "title": title,
        "approval": approval,
        "facts": [(name, value) for name, value in {**facts, **about_it}.items() if value],
        "waits": not approval.verdict and approval.expires_at > timezone.now(),
        "own": own,
        "may_agree": not own and person.permits_at_provider(permission),
        "may_refuse": bool(roles_of(request) & PROVIDER_WRITERS),
        "why_not": why_not(person=person, asked_at=approval.requested_at),
    }
    return TemplateResponse(request, template, values | context)


def decide(
    request: HttpRequest, *, approval: Approval, agree: Callable[[Person], str], refused: str, page: str
) -> HttpResponse:
    """Back to `page`, saying what was done. Raises PermissionDenied for who may neither agree nor refuse."""
    person = staff_of(request)
    if not roles_of(request) & PROVIDER_WRITERS:
        raise PermissionDenied
    try:
        if request.POST.get("do") == "agree":
            messages.success(request, agree(person))
        elif request.POST.get("do") == "refuse":
            refuse_approval(approval=approval.pk, about=approval.about, refused_by=person)
            messages.success(request, refused)
        else:
            raise ValidationError("Say whether you agree.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(page)
