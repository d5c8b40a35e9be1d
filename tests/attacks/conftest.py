from tests.support.fleet import fleet
from tests.support.scene import scene
from tests.support.signed_in import signed_in

__all__ = ["fleet", "scene", "signed_in"]
