from django.contrib import admin

from sensors.models import Case, DiskKeyRelease
from tenants.provider_admin import ReadOnlyAdmin


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    read_on_record = False
    list_display = ("sensor", "kind", "opened_at", "confirmed_at", "closed_at", "reported_by")
    list_filter = ("kind",)
    list_select_related = ("sensor", "reported_by")


@admin.register(DiskKeyRelease)
class DiskKeyReleaseAdmin(ReadOnlyAdmin):
    read_on_record = False
    list_display = ("at", "sensor", "outcome", "reason", "source_address", "public_address")
    list_filter = ("outcome", "reason")
    list_select_related = ("sensor",)
    ordering = ("-at",)
