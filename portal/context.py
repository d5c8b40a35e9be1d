"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest

from portal.phone import dialled


def portal(_request: HttpRequest) -> dict[str, str]:
    phone = settings.PROVIDER_PHONE
    return {"provider_name": settings.PROVIDER_NAME, "provider_phone": phone, "provider_dial": dialled(phone)}
