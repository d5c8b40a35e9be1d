"""What happened and what was said, as it was written."""

from django.contrib import admin
from django.http import HttpRequest

from notices.models import Mail
from tenants.models import AuditEntry
from tenants.provider_admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "chain", "sequence", "actor", "action", "subject")
    list_filter = ("action",)
    list_select_related = ("chain",)
    search_fields = ("actor", "subject")
    ordering = ("-at", "-pk")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "recipient", "subject", "sent_at", "attempts", "last_error")
    ordering = ("-pk",)

    def get_exclude(self, request: HttpRequest, obj: Mail | None = None) -> tuple[str, ...]:
        """Until it is sent, the text of one that holds a link is there, but for its reader alone."""
        return ("body",) if obj and obj.forget_text else ()
