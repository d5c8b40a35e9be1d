"""Names of network interfaces, as Linux takes them (`dev_valid_name` in net/core/dev.c) and a file can hold them."""

import re
from itertools import pairwise

from django.core.exceptions import ValidationError

# IFNAMSIZ counts the zero at the end.
LONGEST_NAME = 15
MOST_INTERFACES = 16
# Narrower than Linux: the names stand between quotes, and a dot means a VLAN of what is before it, twice at most.
_NAME = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9_-]*(\.[0-9]{1,4}){0,2}\Z")
# The tunnel and the box itself: what goes over them is not the customer's network.
_NEVER = re.compile(r"\A(lo|tun[0-9]+)\Z")


def is_interface_name(name: str) -> bool:
    tags = [int(tag) for tag in name.split(".")[1:] if tag.isascii() and tag.isdigit()]
    return bool(_NAME.match(name)) and len(name) <= LONGEST_NAME and all(1 <= tag <= 4094 for tag in tags)


def validate_interfaces(value: object) -> None:
    """Empty is fine: not told yet. Raises ValidationError."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValidationError("Give a list of interfaces.")
    if len(value) > MOST_INTERFACES:
        raise ValidationError(f"A sensor has at most {MOST_INTERFACES} sniffing interfaces.")
    for name in value:
        _check(name)
    # In this order the VLANs of an interface come right after it.
    for before, after in pairwise(sorted(value, key=lambda name: name.split("."))):
        if before == after:
            raise ValidationError(f"{after} is there twice.")
        if after.startswith(before + "."):
            raise ValidationError(f"{after} is a VLAN of {before}, which sees its packets, too: leave one out.")


def _check(name: str) -> None:
    if not is_interface_name(name):
        raise ValidationError(
            "%(name)r is not the name of a network interface: 1 to 15 of letters, digits, '-' and '_', such as "
            "enp2s0f1 or bond1; a VLAN with its number from 1 to 4094, such as eth0.100.",
            params={"name": name[:40]},
        )
    if _NEVER.match(name):
        raise ValidationError(f"{name} is not an interface to sniff on: it is the box's own, or its tunnel.")
