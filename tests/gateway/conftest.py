from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway.gateway_host import GatewayHost


@pytest.fixture
def host(tmp_path: Path, live: None) -> Iterator[GatewayHost]:
    """With two sensors, whose agent looks at everything every two seconds."""
    made = GatewayHost(tmp_path, sensors=2)
    made.agent_options = ["--snapshot-interval", "2"]
    try:
        made.start_all()
        yield made
    finally:
        made.close()
