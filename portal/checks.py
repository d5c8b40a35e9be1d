"""System checks of what the portal is told by its environment, and what no process may start with."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from portal.phone import HOW_TO_WRITE

# Who makes something of the secret key; `manage` is the administrator of the host.
_SIGNS = frozenset({"people", "manage"})
# As agents and boxes take it (docs/contracts.md): at their enrolment they refuse anything else.
DOOR = re.compile(
    r"https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?/?"
)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _is_at_home() -> bool:
    return settings.DEBUG or urlsplit(settings.BASE_URL).hostname in _LOOPBACK


@register(Tags.security, deploy=True)
def check_second_factor(**_: object) -> list[CheckMessage]:
    """`offered` is for a demonstration: somebody who knows a password of the staff could do all that they can."""
    if settings.SECOND_FACTOR == "required" or _is_at_home():
        return []
    return [
        checks.Warning(
            "NSMAAS_SECOND_FACTOR is 'offered': staff and customers' managers may sign in with a password alone.",
            hint="Unset it.",
            id="portal.W001",
        )
    ]


@register(deploy=True)
def check_phone(**_: object) -> list[CheckMessage]:
    """Somebody whose box is gone, and who cannot sign in, has nothing but this number."""
    if settings.PROVIDER_PHONE or _is_at_home():
        return []
    return [
        checks.Warning(
            "NSMAAS_PROVIDER_PHONE is not set: no page and no mail says whom to call when a box is gone.",
            hint=f"Set it to {HOW_TO_WRITE}, at which somebody answers day and night.",
            id="portal.W003",
        )
    ]


@register(Tags.urls)
def check_machines_door(**_: object) -> list[CheckMessage]:
    found = DOOR.fullmatch(settings.MACHINES_DOOR_URL)
    if found and int(found[1] or 443) <= 65535:
        return []
    return [
        checks.Error(
            "NSMAAS_MACHINES_DOOR_URL is not an address at which sensors and gateways enrol.",
            hint="Write it like https://10.20.0.10:8443, without a path.",
            id="portal.E002",
        )
    ]


@register
def check_secret_key_of_process(**_: object) -> list[CheckMessage]:
    """A process that has it can be anybody at the people's door, and make everybody's second factor."""
    if settings.PROCESS in _SIGNS or not settings.SECRET_KEY_IS_GIVEN:
        return []
    return [
        Error(
            f"The process {settings.PROCESS!r} must not hold the secret key (NSMAAS_SECRET_KEY): unset it there.",
            id="portal.E003",
        )
    ]
