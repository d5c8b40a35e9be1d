"""What two people must want, as the record of it. It is decided on the page of decisions."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.decorators import action

from tenants.admin import decide_changes, decide_role  # noqa: F401  # they enter their kinds
from tenants.decisions import DECISIONS
from tenants.models import Approval
from tenants.provider_admin import ReadOnlyAdmin, staff_of


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
        """Raises Http404 for what waits for nobody."""
        if not self._waits(request, object_id):
            raise Http404
        return redirect("decision", pk=object_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only where there is something to decide."""
        there = self._waits(request, object_id)
        offered: list[Any] = super().get_actions_detail(request, object_id) if there else []
        return offered

    def _waits(self, request: HttpRequest, object_id: Any) -> bool:
        waiting = Approval.objects.visible_to(staff_of(request)).waiting(timezone.now()).filter(action__in=DECISIONS)
        return str(object_id) in {str(key) for key in waiting.values_list("pk", flat=True)}
