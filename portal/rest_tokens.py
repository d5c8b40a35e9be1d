"""Programs at the REST interface: `Authorization: Bearer nsm_...`, and what each token may call.

Before any view's own permissions, so that no view can forget it. A request that names a token is the token's alone: a
cookie beside it does not count, so there is nothing that another site could have a browser send.
"""

import re
from math import ceil
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.token_bearer import TokenRefused, bearer_of
from accounts.token_text import TokenText, read_token
from limits.spending import OutOfBudget
from sensors.doors.token_calls import TOKEN_CALLS
from tenants.models import Person

_SCHEME = "bearer"


class NotAToken(exceptions.APIException):
    """RFC 6750, section 3.1."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "The token is not valid."
    default_code = "token-refused"
    auth_header = 'Bearer error="invalid_token"'


class ByToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Person, None] | None:
        """None for a request that names no token: a session may be good for it."""
        if not _names_a_token(request):
            return None
        try:
            person = bearer_of(written=_token_of(request), request=request._request)
        except TokenRefused:
            raise NotAToken from None
        except OutOfBudget as refusal:
            raise exceptions.Throttled(wait=ceil(refusal.seconds)) from None
        self._refuse_what_it_may_not(person, request)
        return person, None

    def _refuse_what_it_may_not(self, person: Person, request: Request) -> None:
        match = request._request.resolver_match
        method = "GET" if request.method == "HEAD" else str(request.method)
        needed = TOKEN_CALLS.get((match.view_name if match else "", method))
        if needed is None:
            raise exceptions.PermissionDenied("No token may do this. Sign in on the pages.", code="not-by-token")
        if missing := sorted(each for each in needed if not person.lends(each)):
            raise exceptions.PermissionDenied(
                f"This token may not do this: it lacks {', '.join(missing)}.", code="token-lacks-permission"
            )


def _names_a_token(request: Request) -> bool:
    return bool(re.match(rf"{_SCHEME}( |\Z)", request.META.get("HTTP_AUTHORIZATION", ""), re.IGNORECASE))


def _token_of(request: Request) -> TokenText | None:
    """In no variable as text: a page that shows where something fell over shows variables."""
    return read_token(request.META["HTTP_AUTHORIZATION"].partition(" ")[2].strip())


class ByTokenInSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its base is not typed
    target_class = ByToken
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": _SCHEME, "description": "A person's token, made on the pages."}
