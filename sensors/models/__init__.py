from sensors.models.address import UnderlayAddress
from sensors.models.case import Case, CaseNote, CaseOutcome, Measure, MeasureKind, Sighting
from sensors.models.contact import SensorContact, Session
from sensors.models.enrolment import CertificateRequest, EnrolmentCode
from sensors.models.gateway import Gateway, GatewayContact, GatewaySlot
from sensors.models.permit import KeyPermit
from sensors.models.release import DiskKeyRelease
from sensors.models.report_key import ReportKey
from sensors.models.sensor import Sensor, SensorSetupChanges
from sensors.models.session_question import SessionQuestion

__all__ = [
    "Case",
    "CaseNote",
    "CaseOutcome",
    "CertificateRequest",
    "DiskKeyRelease",
    "EnrolmentCode",
    "Gateway",
    "GatewayContact",
    "GatewaySlot",
    "KeyPermit",
    "Measure",
    "MeasureKind",
    "ReportKey",
    "Sensor",
    "SensorContact",
    "SensorSetupChanges",
    "Session",
    "SessionQuestion",
    "Sighting",
    "UnderlayAddress",
]
