from tests.support.fleet import committed_fleet, fleet
from tests.support.scene import scene

__all__ = ["committed_fleet", "fleet", "scene"]
