from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fleet import Fleet, fleet, make_fleet
from tests.support.scene import Scene, open_scene
from tests.support.soaking import print_figures

__all__ = ["fleet"]


@pytest.fixture
def committed_fleet(transactional_db: None, settings: Any, tmp_path: Path) -> Fleet:
    """A fleet that other connections see."""
    return make_fleet(settings, tmp_path)


@pytest.fixture(scope="package")
def scene(live: None) -> Iterator[Scene]:
    """One laboratory for all that knock at its doors."""
    with open_scene() as made:
        yield made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    print_figures(terminalreporter)
