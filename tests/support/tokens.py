"""Programs that speak for a person by a token."""

from typing import Any

from django.test import Client

from accounts.operations.make_token import make_token, permissions_to_lend
from accounts.operations.record_sign_in import Caller
from tenants.roles import Permission

CALLER = Caller("192.0.2.44", "a browser")


def token_of(person: Any, *permissions: Permission, customer: Any = None, days: int = 90, name: str = "") -> str:
    """With all that the person can give, unless some are named."""
    return make_token(
        name=name or f"program {person.access_tokens.count() + 1}",
        permissions=permissions or permissions_to_lend(person, customer),
        customer=customer,
        days=days,
        made_by=person,
        caller=CALLER,
    )


def by_token(token: str) -> Client:
    """Sees a failure as its status."""
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
