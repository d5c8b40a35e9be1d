"""Gateways, sensors and cases in the admin: Django looks for it here, each subject has its own."""

from sensors.cases.admin import decide_closing, decide_move  # noqa: F401  # enter their kinds of request
from sensors.cases.admin.cases import CaseAdmin
from sensors.cases.admin.sensors import SensorAdmin
from sensors.enrolment.admin import decide_code  # noqa: F401  # enters its kind of request
from sensors.gateways.admin import decide_gateway  # noqa: F401  # enters its kinds of request
from sensors.gateways.admin.gateways import GatewayAdmin
from sensors.keys.admin import DiskKeyReleaseAdmin

__all__ = ["CaseAdmin", "DiskKeyReleaseAdmin", "GatewayAdmin", "SensorAdmin"]
