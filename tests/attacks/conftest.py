from tests.admin.conftest import _no_static_files, signed_in
from tests.fleet import fleet

__all__ = ["_no_static_files", "fleet", "signed_in"]
