from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.admin.conftest import As
from tests.fleet import fleet
from tests.promises.scene import Scene, open_scene
from tests.promises.soaking import print_figures

__all__ = ["fleet"]


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


@pytest.fixture(scope="package")
def scene() -> Iterator[Scene]:
    """One laboratory for all live attacks of a run."""
    with open_scene() as made:
        yield made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    print_figures(terminalreporter)
