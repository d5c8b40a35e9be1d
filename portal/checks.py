"""System checks of what the portal is told by its environment."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@register(Tags.security, deploy=True)
def check_second_factor(**_: object) -> list[CheckMessage]:
    """`offered` is for a demonstration: whoever knows a password of the staff could do all that they can."""
    is_at_home = settings.DEBUG or urlsplit(settings.BASE_URL).hostname in _LOOPBACK
    if settings.SECOND_FACTOR == "required" or is_at_home:
        return []
    return [
        checks.Warning(
            "NSMAAS_SECOND_FACTOR is 'offered': staff and customers' managers may sign in with a password alone.",
            hint="Unset it.",
            id="portal.W001",
        )
    ]
