from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # Importing the modules is what registers the system checks, and makes the app whose tasks all others are. Not
        # before: `portal.installation` runs where there are no settings yet.
        from portal import celery, checks, database_role  # noqa: F401
