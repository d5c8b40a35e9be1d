"""Another language for the rest of a request, and for this browser's next ones."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def offered(language: str) -> str:
    """Empty for one that is not there, or not any more."""
    return language if language in dict(settings.LANGUAGES) else ""


def speak(request: HttpRequest, language: str) -> None:
    """What is not there changes nothing. `accounts.own_language` keeps it in a cookie."""
    if offered(language):
        translation.activate(language)
        request.language_from_now_on = language  # type: ignore[attr-defined]  # read where the cookie is set
