"""Browsers of people who are signed in, in the test's own process."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.support.fleet import Fleet
from tests.support.world import PASSWORD

As = Callable[[Any], Client]


@pytest.fixture
def signed_in() -> As:
    """Past the form, which other tests are about."""

    def client_of(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture(autouse=True)
def no_static_files(settings: Any) -> None:
    """Where this is imported: each new client would look at all of them again."""
    settings.WHITENOISE_USE_FINDERS = False


def is_in(client: Client) -> bool:
    """Signed in, with all that is asked of the person."""
    return client.get("/sensors/").status_code == 200


def by_password(fleet: Fleet, name: str) -> Client:
    """One that sees a failure as its status, as a browser does."""
    client = Client(raise_request_exception=False)
    assert client.login(username=getattr(fleet.world, name).email, password=PASSWORD)
    return client
