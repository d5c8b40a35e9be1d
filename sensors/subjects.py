"""The opaque names of machines in certificates, files and commands (docs/contracts.md, "Names")."""

import base64
import re
import secrets

SUBJECT = re.compile(r"\A[sg]-[a-z2-7]{12}\Z")


def new_sensor_subject() -> str:
    return f"s-{_random_part()}"


def new_gateway_subject() -> str:
    return f"g-{_random_part()}"


def _random_part() -> str:
    """12 characters, 60 bits: never guessed by accident, and nothing about the customer can be read from it."""
    return base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]
