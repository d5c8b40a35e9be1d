from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway.lone_gateway import LoneGateway


@pytest.fixture
def host(tmp_path: Path, live: None) -> Iterator[LoneGateway]:
    """With two sensors, whose agent looks at everything every two seconds."""
    made = LoneGateway(tmp_path, sensors=2)
    made.agent_options = ["--snapshot-interval", "2"]
    try:
        made.start_all()
        yield made
    finally:
        made.close()
