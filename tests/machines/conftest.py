from pathlib import Path
from typing import Any

import pytest

from tests.support.fleet import Fleet, committed_fleet, fleet
from tests.support.machines_door import Machine, answer_as_reported, open_machines_door

__all__ = ["committed_fleet", "fleet"]


@pytest.fixture(autouse=True)
def _machines_door(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    open_machines_door(settings, _state_folder(tmp_path_factory))


@pytest.fixture(autouse=True)
def _agent_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_as_reported(monkeypatch)


def _state_folder(factory: pytest.TempPathFactory) -> Path:
    """One for the whole run: the settings are read once."""
    return factory.getbasetemp() / "machines-state"


@pytest.fixture
def box(fleet: Fleet) -> Machine:
    """Harbour's sensor, connected as it should be."""
    sensor = fleet.connected()
    return Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)


@pytest.fixture
def agent(fleet: Fleet) -> Machine:
    """The gateway's agent."""
    return Machine.with_certificate(fleet.enrol_gateway(), "10.20.0.1")
