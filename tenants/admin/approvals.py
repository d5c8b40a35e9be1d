"""What two people must want. A case is decided on its own page, an invitation here."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from unfold.decorators import action

from tenants.models import Approval, Customer, Person
from tenants.operations.agree_to_invitation import agree_to_invitation
from tenants.operations.check_standing import why_not
from tenants.operations.decide_approval import refuse_approval
from tenants.operations.request_invitation import ACTION
from tenants.provider_admin import ReadOnlyAdmin, roles_of, staff_of
from tenants.roles import PROVIDER_WRITERS, Permission


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = (
        "requested_at",
        "action",
        "about",
        "customer",
        "requested_by",
        "verdict",
        "decided_by",
        "decided_at",
    )
    list_filter = ("action", "verdict")
    list_select_related = ("customer", "requested_by", "decided_by")
    ordering = ("-requested_at",)
    actions_detail = ("to_decision",)

    @action(description="Decide", url_path="to-decision")  # type: ignore[untyped-decorator]
    def to_decision(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../decide/")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only where there is something to decide on this page."""
        visible = Approval.objects.visible_to(staff_of(request)).waiting(timezone.now()).filter(action=ACTION)
        there = str(object_id) in {str(key) for key in visible.values_list("pk", flat=True)}
        offered: list[Any] = super().get_actions_detail(request, object_id) if there else []
        return offered

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(never_cache(self.decide))
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:pk>/decide/", page, name="tenants_approval_decide"), *urls]

    def decide(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Asks on GET, decides on POST. An invitation alone: all else has a page of its own."""
        person = staff_of(request)
        approval = get_object_or_404(Approval.objects.visible_to(person).filter(action=ACTION), pk=pk)
        if request.method == "POST":
            return self._decided(request, approval, person)
        self._record_read(request, {"object": [str(pk)]})
        wanted = approval.details
        context = self.admin_site.each_context(request) | {
            "title": f"{wanted['name']} as {wanted['role']}",
            "approval": approval,
            "wanted": wanted,
            "facts": _facts(approval, person),
            "days": settings.SETTLES_AFTER.days,
            "waits": not approval.verdict and approval.expires_at > timezone.now(),
            "own": approval.requested_by_id == person.pk,
            "may_agree": person.permits_at_provider(Permission.PERSON_MANAGE),
            "may_refuse": bool(roles_of(request) & PROVIDER_WRITERS),
            "why_not": why_not(person=person, asked_at=approval.requested_at),
        }
        return TemplateResponse(request, "admin/tenants/decide_invitation.html", context)

    def _decided(self, request: HttpRequest, approval: Approval, person: Person) -> HttpResponse:
        """Raises PermissionDenied for who may do neither."""
        if not roles_of(request) & PROVIDER_WRITERS:
            raise PermissionDenied
        try:
            if request.POST.get("do") == "agree":
                invited = agree_to_invitation(approval=approval.pk, approved_by=person)
                messages.success(request, f"{invited} is invited. All of the staff are told, with both your names.")
            elif request.POST.get("do") == "refuse":
                refuse_approval(approval=approval.pk, about=approval.about, refused_by=person)
                messages.success(request, "Nobody is invited.")
            else:
                raise ValidationError("Say whether you agree.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(reverse("admin:tenants_approval_decide", args=[approval.pk]))


def _facts(approval: Approval, staff: Person) -> list[tuple[str, str]]:
    wanted = approval.details
    customer = Customer.objects.visible_to(staff).filter(pk=wanted["customer"]).first() if wanted["customer"] else None
    known = Person.objects.visible_to(staff).filter(email=wanted["email"]).first()
    facts = {
        "Name": wanted["name"],
        "Address": wanted["email"],
        "Phone": wanted["phone"],
        "Role": wanted["role"],
        "Customer": str(customer or ""),
        "Known": "Had an account before, which was disabled." if known and not known.is_active else "",
        "Asked by": f"{approval.requested_by} ({approval.requested_by.email})",
        "Asked": f"{approval.requested_at:%d %b %Y, %H:%M} UTC",
        "Agree by": f"{approval.expires_at:%d %b %Y, %H:%M} UTC",
        "Why": approval.reason,
    }
    return [(name, value) for name, value in facts.items() if value]
