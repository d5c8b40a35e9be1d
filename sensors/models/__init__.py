from sensors.models.address import UnderlayAddress
from sensors.models.case import Case, CaseNote, CaseOutcome, Measure, MeasureKind, Sighting
from sensors.models.contact import SensorContact, Session
from sensors.models.enrolment import CertificateRequest, EnrolmentCode
from sensors.models.gateway import Gateway, GatewayContact, GatewaySlot
from sensors.models.import_run import ImportOutcome, ImportPart, ImportRun
from sensors.models.permit import KeyPermit
from sensors.models.release import DiskKeyRelease
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
    "ImportOutcome",
    "ImportPart",
    "ImportRun",
    "KeyPermit",
    "Measure",
    "MeasureKind",
    "Sensor",
    "SensorContact",
    "SensorSetupChanges",
    "Session",
    "SessionQuestion",
    "Sighting",
    "UnderlayAddress",
]
