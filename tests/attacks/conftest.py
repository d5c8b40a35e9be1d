from collections.abc import Iterator
from typing import Any

import pytest

from tests.admin.conftest import signed_in
from tests.support.fleet import fleet
from tests.support.scene import Scene, open_scene
from tests.support.soaking import print_figures

__all__ = ["fleet", "signed_in"]


@pytest.fixture(scope="package")
def scene(live: None) -> Iterator[Scene]:
    """One laboratory for all live attacks of a run."""
    with open_scene() as made:
        yield made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    print_figures(terminalreporter)
