from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.support.fleet import fleet

__all__ = ["fleet"]

As = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _no_static_files(settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = False


@pytest.fixture
def signed_in() -> As:
    def client_of(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of
