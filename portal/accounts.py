"""How people come in: only those whom somebody invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For rate limits. nginx overwrites the header; behind its unix socket there is no other address."""
        return str(request.headers.get("X-Real-IP") or request.META.get("REMOTE_ADDR") or "unknown")[:45]
