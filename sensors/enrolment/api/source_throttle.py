"""What a stranger may cost us at the calls that need no certificate and no account."""

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from limits.budget import Budget
from limits.spending import OutOfBudget, spend


def source_of(request: HttpRequest | Request) -> str:
    """nginx overwrites the header; without nginx the door is open to this host only."""
    return str(request.headers.get("X-Real-IP") or request.META.get("REMOTE_ADDR") or "unknown")[:45]


class SourceThrottle(BaseThrottle):
    """By source address; `tries` is the call's own budget, so that a flood of one leaves the others theirs."""

    tries: Budget
    seconds: float | None = None

    def allow_request(self, request: Request, _view: APIView) -> bool:
        if request.method != "POST":
            return True
        try:
            spend(self.tries.of(source_of(request)))
        except OutOfBudget as refusal:
            self.seconds = refusal.seconds
            return False
        return True

    def wait(self) -> float | None:
        return self.seconds
