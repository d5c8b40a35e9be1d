"""Errors of the REST interface as `application/problem+json` (RFC 9457)."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

# What any call may answer, for the schema.
PROBLEMS = {
    400: OpenApiResponse(description="Malformed; `errors` says what to mend."),
    401: OpenApiResponse(description="The token is not valid."),
    403: OpenApiResponse(description="Not signed in, or the token may not do this."),
    404: OpenApiResponse(description="There is none, or none that you may see."),
}


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None, for what it does not know, becomes a 500."""
    if isinstance(error, DjangoValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        error = exceptions.ValidationError(fields)
    if isinstance(error, Http404):
        # One text, whichever of the objects on the way is not there or not for this person.
        error = exceptions.NotFound()
    response = exception_handler(error, context)
    if response is None:
        return None
    detail = response.data
    code = getattr(getattr(error, "detail", None), "code", None) or "invalid"
    # Spelled as our own reasons are.
    response.data = {"status": response.status_code, "reason": code.replace("_", "-")}
    if isinstance(detail, dict) and set(detail) == {"detail"}:
        response.data["detail"] = str(detail["detail"])
    else:
        response.data |= {"detail": "Some values must be mended.", "errors": detail}
    response.content_type = "application/problem+json"
    return response


def problem(status: int, reason: str, detail: str, *, retry_after: int | None = None) -> Response:
    """`retry_after` is in seconds."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"status": status, "reason": reason, "detail": detail}
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
