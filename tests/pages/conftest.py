from tests.support.fleet import fleet
from tests.support.proven import manager
from tests.support.signed_in import no_static_files, signed_in

__all__ = ["fleet", "manager", "no_static_files", "signed_in"]
