"""The people's door."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal.admin_door import admin_urls
from portal.overview.views import overview

handler400 = "portal.error_pages.bad_request"
handler500 = "portal.error_pages.server_error"

urlpatterns = [
    path("", include("sensors.doors.pages_urls")),
    path("overview/", overview, name="overview"),
    path("people/", include("accounts.people_urls")),
    path("", include("sensors.onboarding.urls")),
    path("api/", include("sensors.doors.api_urls")),
    path("", include("pki.authority.urls")),
    # People come by invitation, and their address is their name in the audit trail: neither is theirs to change.
    path("accounts/signup/", RedirectView.as_view(pattern_name="account_login", permanent=False)),
    path("accounts/email/", RedirectView.as_view(pattern_name="account_login", permanent=False)),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin_urls(admin.site)),
]
