from sensors.models.address import UnderlayAddress
from sensors.models.case import Case, CaseNote, CaseNumber, CaseOutcome, Measure, MeasureKind, Sighting
from sensors.models.contact import SensorContact, Session
from sensors.models.enrolment import CertificateRequest, EnrolmentCode
from sensors.models.gateway import Gateway, GatewayContact, GatewaySlot
from sensors.models.import_run import ImportOutcome, ImportPart, ImportRun
from sensors.models.loss_card import LossCard
from sensors.models.move import SensorMove
from sensors.models.permit import KeyPermit
from sensors.models.release import DiskKeyRelease
from sensors.models.report_key import ReportKey
from sensors.models.sensor import IN_ORDER, Sensor, SensorSetupChanges, SensorWords
from sensors.models.session_question import SessionQuestion

__all__ = [
    "IN_ORDER",
    "Case",
    "CaseNote",
    "CaseNumber",
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
    "LossCard",
    "Measure",
    "MeasureKind",
    "ReportKey",
    "Sensor",
    "SensorContact",
    "SensorMove",
    "SensorSetupChanges",
    "SensorWords",
    "Session",
    "SessionQuestion",
    "Sighting",
    "UnderlayAddress",
]
