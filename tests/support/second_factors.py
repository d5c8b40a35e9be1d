"""People with a second factor."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tenants.models import Person


@pytest.fixture
def demanded(settings: Any) -> None:
    """As in service."""
    settings.SECOND_FACTOR = "required"


def signed_in_with_factors(person: Person) -> Client:
    """With both kinds of factor, and signed in."""
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    client = Client()
    client.force_login(person)
    return client


def reset_by_command(email: str) -> str:
    said = StringIO()
    call_command("reset_second_factor", email, "--by", "Olga Ortiz", stdout=said)
    return said.getvalue()


def with_second_factor(person: Any) -> None:
    TOTP.activate(person, generate_totp_secret())


def with_factor_of_now(person: Person) -> Person:
    """As its own person sets it up at the first sign-in."""
    TOTP.activate(person, generate_totp_secret())
    Authenticator.objects.filter(user=person).update(created_at=timezone.now())
    return person
