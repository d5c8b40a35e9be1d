from tests.support.fleet import fleet
from tests.support.proven import manager
from tests.support.scene import scene
from tests.support.signed_in import signed_in

__all__ = ["fleet", "manager", "scene", "signed_in"]
