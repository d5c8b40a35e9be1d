"""Doors for the workers. Each does all that waits, so running one twice or missing one does no harm."""

from celery import shared_task
from django.utils import timezone

from sensors.cases.operations import escalate_cases as escalation
from sensors.cases.operations.announce_moves import announce_moves
from sensors.enrolment.operations import forget_tunnel_keys as tunnel_keys
from sensors.enrolment.operations import publish_due_crl as revocation_list
from sensors.enrolment.operations import stamp_times as time_stamps
from sensors.enrolment.operations import supersede_certificates as superseding
from sensors.enrolment.operations import warn_of_certificates as certificates
from sensors.enrolment.operations.announce_codes import announce_codes
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.keys.operations.announce_permits import announce_permits
from sensors.onboarding.operations import forget_imports as imports
from tenants.operations.announce import announce_all


@shared_task
def sign_certificates() -> None:
    sign_waiting_certificates()


@shared_task
def supersede_certificates() -> None:
    superseding.supersede_certificates()


@shared_task
def stamp_times() -> None:
    time_stamps.stamp_times(now=timezone.now())


@shared_task
def publish_crl() -> None:
    revocation_list.publish_due_crl()


@shared_task
def forget_tunnel_keys() -> None:
    tunnel_keys.forget_tunnel_keys()


@shared_task
def forget_imports() -> None:
    imports.forget_imports()


@shared_task
def announce_changes() -> None:
    announce_all(announce_codes, announce_permits, announce_moves)


@shared_task
def warn_of_certificates() -> None:
    certificates.warn_of_certificates(now=timezone.now())


@shared_task
def escalate_cases() -> None:
    escalation.escalate_cases()
