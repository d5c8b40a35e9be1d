"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def portal(_request: HttpRequest) -> dict[str, str]:
    return {"provider_name": settings.PROVIDER_NAME}
