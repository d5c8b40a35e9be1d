"""What two people must want. A case is decided on its own page, an invitation here."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from unfold.decorators import action

from tenants.admin.decision_page import decide, decision_page
from tenants.models import Approval, Customer, Person
from tenants.operations.agree_to_invitation import agree_to_invitation
from tenants.operations.request_invitation import ACTION
from tenants.provider_admin import ReadOnlyAdmin, staff_of
from tenants.roles import Permission


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
    # The name of the page on which it is decided, by action. Apps that stand above this one add theirs.
    decided_at: ClassVar[dict[str, str]] = {ACTION: "admin:tenants_approval_decide"}

    @action(description="Decide", url_path="to-decision")  # type: ignore[untyped-decorator]
    def to_decision(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Raises Http404 for what is not decided in the admin."""
        approval = self._waiting(request, object_id)
        if approval is None:
            raise Http404
        return redirect(reverse(self.decided_at[approval.action], args=[approval.pk]))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only where there is something to decide in the admin."""
        offered: list[Any] = super().get_actions_detail(request, object_id) if self._waiting(request, object_id) else []
        return offered

    def _waiting(self, request: HttpRequest, object_id: Any) -> Approval | None:
        waiting = Approval.objects.visible_to(staff_of(request)).waiting(timezone.now())
        rows = waiting.filter(action__in=self.decided_at)
        return next((row for row in rows if str(row.pk) == str(object_id)), None)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(never_cache(self.decide))
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:pk>/decide/", page, name="tenants_approval_decide"), *urls]

    def decide(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """An invitation alone: all else has a page of its own."""
        person = staff_of(request)
        approval = get_object_or_404(Approval.objects.visible_to(person).filter(action=ACTION), pk=pk)
        if request.method == "POST":
            page = reverse("admin:tenants_approval_decide", args=[pk])
            return decide(
                request, approval=approval, agree=_inviting(approval), refused="Nobody is invited.", page=page
            )
        self._record_read(request, {"object": [str(pk)]})
        wanted = approval.details
        return decision_page(
            request,
            approval=approval,
            permission=Permission.PERSON_MANAGE,
            template="admin/tenants/decide_invitation.html",
            title=f"{wanted['name']} as {wanted['role']}",
            facts=_facts(approval, person),
            context={"wanted": wanted, "days": settings.SETTLES_AFTER.days},
        )


def _inviting(approval: Approval) -> Any:
    def agree(person: Person) -> str:
        invited = agree_to_invitation(approval=approval.pk, approved_by=person)
        return f"{invited} is invited. All of the staff are told, with both your names."

    return agree


def _facts(approval: Approval, staff: Person) -> dict[str, str]:
    wanted = approval.details
    customer = Customer.objects.visible_to(staff).filter(pk=wanted["customer"]).first() if wanted["customer"] else None
    known = Person.objects.visible_to(staff).filter(email=wanted["email"]).first()
    return {
        "Name": wanted["name"],
        "Address": wanted["email"],
        "Phone": wanted["phone"],
        "Role": wanted["role"],
        "Customer": str(customer or ""),
        "Known": "Had an account before, which was disabled." if known and not known.is_active else "",
    }
