from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # Importing the modules is what registers the system checks.
        from portal import checks, database_role  # noqa: F401
