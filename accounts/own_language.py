"""The language and the time zone of a page: the person's choice, else the browser's, else the installation's."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from notices.time_zones import zone_of
from tenants.models import Person
from tenants.page_language import offered

# Programs compare what they are answered: it is English, in UTC, whatever they ask for, and not said to differ.
PROGRAMS = ("/api/", "/pki/")


class OwnLanguage(LocaleMiddleware):
    """Django's, inside of authentication. What it sets is over with the answer: the thread's next work is English."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(PROGRAMS):
            return
        # Without the cookie nobody is signed in, and nothing has to be asked.
        person = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        chosen = person.language if isinstance(person, Person) else ""
        translation.activate(offered(chosen) or _of_browser(request))
        request.LANGUAGE_CODE = translation.get_language()
        zone = person.time_zone if isinstance(person, Person) else ""
        timezone.activate(zone_of(zone, otherwise=settings.DEFAULT_TIME_ZONE))

    def process_view(self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        match = request.resolver_match
        if match is None or request.path_info.startswith(PROGRAMS):
            return
        in_admin = "admin" in match.namespaces
        if in_admin or match.view_name in settings.STILL_ENGLISH_PAGES:
            translation.activate(settings.LANGUAGE_CODE)
        if in_admin:
            # Its forms and lists write times without a zone.
            timezone.deactivate()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(PROGRAMS):
            return response
        super().process_response(request, response)
        if language := getattr(request, "language_from_now_on", ""):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        # The choice is in a cookie, or in the account of one.
        patch_vary_headers(response, ["Cookie"])
        translation.deactivate()
        timezone.deactivate()
        return response


def _of_browser(request: HttpRequest) -> str:
    names_one = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or "Accept-Language" in request.headers
    return translation.get_language_from_request(request) if names_one else settings.DEFAULT_LANGUAGE
