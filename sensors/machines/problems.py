"""Refusals as `application/problem+json` (RFC 9457) with a stable `reason`."""

from django.http import JsonResponse


def problem(status: int, reason: str, detail: str, *, retry_after: int | None = None, **more: object) -> JsonResponse:
    """`retry_after` is in seconds."""
    body = {"status": status, "reason": reason, "detail": detail, **more}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response
