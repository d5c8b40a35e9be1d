"""The Django app of the certificate authority and the escrow."""

from django.apps import AppConfig


class PkiConfig(AppConfig):
    name = "pki"
    label = "pki"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Certificates and escrow"

    def ready(self) -> None:
        # Importing the module is what registers the system checks.
        from pki import checks  # noqa: F401
