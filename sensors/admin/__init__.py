"""Gateways, sensors and cases in the admin: thin doors to the operations."""

from sensors.admin import decide_code, decide_gateway  # noqa: F401  # each enters its kinds of request
from sensors.admin.cases import CaseAdmin, DiskKeyReleaseAdmin
from sensors.admin.gateways import GatewayAdmin
from sensors.admin.sensors import SensorAdmin

__all__ = ["CaseAdmin", "DiskKeyReleaseAdmin", "GatewayAdmin", "SensorAdmin"]
