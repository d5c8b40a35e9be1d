from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "limits"

    def ready(self) -> None:
        # Importing the module is what registers the system checks.
        from limits import checks  # noqa: F401
