from tests.support.fleet import committed_fleet, fleet
from tests.support.scene import scene
from tests.support.second_administrator import second_administrator

__all__ = ["committed_fleet", "fleet", "scene", "second_administrator"]
