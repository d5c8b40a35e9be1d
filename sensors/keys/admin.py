from django.contrib import admin

from sensors.models import DiskKeyRelease
from tenants.provider_admin import ReadOnlyAdmin


@admin.register(DiskKeyRelease)
class DiskKeyReleaseAdmin(ReadOnlyAdmin):
    read_on_record = False
    list_display = ("at", "sensor", "outcome", "reason", "source_address", "public_address")
    list_filter = ("outcome", "reason")
    list_select_related = ("sensor",)
    ordering = ("-at",)
