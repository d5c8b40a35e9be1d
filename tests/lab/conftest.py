from collections.abc import Iterator

import pytest

from lab.processes import Processes
from lab.run_directory import RunDirectory


@pytest.fixture
def directory() -> Iterator[RunDirectory]:
    made = RunDirectory()
    yield made
    made.remove()


@pytest.fixture
def processes(directory: RunDirectory, live: None) -> Iterator[Processes]:
    with Processes(directory) as started:
        yield started
