"""The admin is for provider staff, signed in like everybody else, and has a content policy of its own."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver

from tenants.admin_lookups import ChoicesOfForms
from tenants.provider_admin import ProviderAdmin


def admin_urls(site: AdminSite) -> tuple[list[URLPattern | URLResolver], str, str]:
    # One way in: the admin's own forms would be a second one, without second factor and rate limit, also for staff who
    # are signed in and would rather be somebody else.
    site.login = secure_admin_login(_to_the_index)  # type: ignore[method-assign]
    site.password_change = _to_own_password  # type: ignore[assignment,method-assign]
    site.autocomplete_view = ChoicesOfForms.as_view(admin_site=site)  # type: ignore[assignment,method-assign]
    site.search = _without_page_that_is_none(site.search)  # type: ignore[attr-defined]  # unfold's
    # What others registered writes rows without an operation, and so without a line in the audit trail.
    for model, page in list(site._registry.items()):
        if not isinstance(page, ProviderAdmin):
            site.unregister(model)
    patterns, app, name = site.urls
    return patterns, app, name


def _without_page_that_is_none(search: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The theme's search over the names of the admin's pages fails by an error of its own otherwise."""

    def view(request: HttpRequest) -> HttpResponse:
        try:
            return search(request)
        except (ValueError, InvalidPage):
            raise Http404 from None

    return view


def _to_the_index(_request: HttpRequest) -> HttpResponse:
    return redirect("admin:index")


def _to_own_password(_request: HttpRequest) -> HttpResponse:
    return redirect("account_change_password")


def with_admin_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], Any]:
    """Middleware, inside django-csp's: the admin's theme cannot live with the pages' policy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response

    return middleware
