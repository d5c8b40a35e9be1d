"""System checks of what the portal is told by its environment, and what no process may start with."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from pki.checks import refuse_wrong_keys

# Who makes something of the secret key; `manage` is whoever administers the host.
_SIGNS = frozenset({"people", "manage"})
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


@register
def check_secret_key_of_process(**_: object) -> list[CheckMessage]:
    """Whoever has it can be anybody at the people's door, and make everybody's second factor."""
    if settings.PROCESS in _SIGNS or not settings.SECRET_KEY_IS_GIVEN:
        return []
    return [
        Error(
            f"The process {settings.PROCESS!r} must not hold the secret key (NSMAAS_SECRET_KEY): unset it there.",
            id="portal.E001",
        )
    ]


def refuse_wrong_secrets() -> None:
    """Raise ImproperlyConfigured unless this process holds the secrets that it must, and no others."""
    if errors := check_secret_key_of_process():
        raise ImproperlyConfigured(" ".join(str(error.msg) for error in errors))
    refuse_wrong_keys()
