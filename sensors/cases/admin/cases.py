from django.contrib import admin

from sensors.models import Case
from tenants.provider_admin import ReadOnlyAdmin


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    read_on_record = False
    list_display = ("called", "sensor", "kind", "opened_at", "confirmed_at", "closed_at", "reporter")
    list_filter = ("kind",)
    list_select_related = ("sensor", "reported_by", "reported_with__site")
