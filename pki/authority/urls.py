"""What the authority publishes to everybody."""

from django.urls import path

from pki.authority.views import certificate_revocation_list

app_name = "pki"
urlpatterns = [
    path("pki/<slug:authority_name>.crl", certificate_revocation_list, name="certificate-revocation-list"),
]
