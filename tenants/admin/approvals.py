"""What two people must want. A case is decided on its own page, all else here."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from unfold.decorators import action

from accounts.admin import decide_invitation
from tenants.admin import decide_changes
from tenants.admin.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person
from tenants.operations.check_standing import why_not
from tenants.operations.decide_approval import refuse_approval
from tenants.provider_admin import ReadOnlyAdmin, roles_of, staff_of
from tenants.roles import PROVIDER_WRITERS


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
        """Raises Http404 for what is not decided in the admin."""
        if not self._waits_here(request, object_id):
            raise Http404
        return redirect("../decide/")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only where there is something to decide on this page."""
        there = self._waits_here(request, object_id)
        offered: list[Any] = super().get_actions_detail(request, object_id) if there else []
        return offered

    def _waits_here(self, request: HttpRequest, object_id: Any) -> bool:
        waiting = Approval.objects.visible_to(staff_of(request)).waiting(timezone.now()).filter(action__in=DECISIONS)
        return str(object_id) in {str(key) for key in waiting.values_list("pk", flat=True)}

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(never_cache(self.decide))
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:pk>/decide/", page, name="tenants_approval_decide"), *urls]

    def decide(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Asks on GET, decides on POST."""
        person = staff_of(request)
        rows = Approval.objects.visible_to(person).filter(action__in=DECISIONS)
        approval = get_object_or_404(rows.select_related("customer", "requested_by", "decided_by"), pk=pk)
        decision = DECISIONS[approval.action]
        if request.method == "POST":
            return self._decided(request, approval, decision, person)
        self._record_read(request, {"object": [str(pk)]})
        context = self.admin_site.each_context(request) | {
            "title": decision.title(approval),
            "approval": approval,
            "decision": decision,
            "think_of": decision.think_of(approval),
            "facts": _facts(approval, decision, person),
            "waits": not approval.verdict and approval.expires_at > timezone.now(),
            "own": approval.requested_by_id == person.pk,
            "goes_on": decision.goes_on(approval, person),
            "may_agree": decision.may_agree(approval, person),
            "may_refuse": bool(roles_of(request) & PROVIDER_WRITERS),
            "why_not": why_not(person=person, asked_at=approval.requested_at),
        }
        return TemplateResponse(request, "admin/tenants/decide.html", context)

    def _decided(self, request: HttpRequest, approval: Approval, decision: Decision, person: Person) -> HttpResponse:
        """Raises PermissionDenied for who may do neither."""
        if not roles_of(request) & PROVIDER_WRITERS:
            raise PermissionDenied
        try:
            if request.POST.get("do") == "agree":
                agreed = decision.agree(approval.pk, person)
                if agreed.code:
                    return self._code(request, agreed)
                messages.success(request, agreed.message)
            elif request.POST.get("do") == "refuse":
                refuse_approval(approval=approval.pk, about=approval.about, refused_by=person)
                messages.success(request, decision.refused)
            else:
                raise ValidationError("Say whether you agree.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(reverse("admin:tenants_approval_decide", args=[approval.pk]))

    def _code(self, request: HttpRequest, agreed: Agreed) -> HttpResponse:
        """In the answer itself: nowhere else is it kept."""
        context = self.admin_site.each_context(request) | {
            "title": agreed.message,
            "machine": agreed.machine,
            "change_url": agreed.back,
            "code": agreed.code,
        }
        return TemplateResponse(request, "admin/sensors/enrolment_code.html", context)


def _facts(approval: Approval, decision: Decision, staff: Person) -> list[tuple[str, str]]:
    facts = decision.facts(approval, staff) | {
        "Asked by": f"{approval.requested_by} ({approval.requested_by.email})",
        "Asked": f"{approval.requested_at:%d %b %Y, %H:%M} UTC",
        "Agree by": f"{approval.expires_at:%d %b %Y, %H:%M} UTC",
        "Why": approval.reason,
    }
    return [(name, value) for name, value in facts.items() if value]
