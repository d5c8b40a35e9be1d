from django.http import HttpRequest

from accounts.operations.record_sign_in import Caller


def address_of(request: HttpRequest) -> str:
    """nginx overwrites the header; behind its unix socket there is no other address."""
    return str(request.headers.get("X-Real-IP") or request.META.get("REMOTE_ADDR") or "unknown")[:45]


def caller_of(request: HttpRequest) -> Caller:
    return Caller(address=address_of(request), agent=request.headers.get("User-Agent", ""))
