from tests.support.fleet import fleet
from tests.support.sensors.elsewhere import other, pier
from tests.support.signed_in import no_static_files, signed_in

__all__ = ["fleet", "no_static_files", "other", "pier", "signed_in"]
