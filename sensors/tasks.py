"""Doors for the workers. Each does all that waits, so running one twice or missing one does no harm."""

from celery import shared_task

from sensors.operations import escalate_cases as escalation
from sensors.operations import forget_tunnel_keys as tunnel_keys
from sensors.operations.publish_due_crls import publish_due_crls
from sensors.operations.sign_waiting_certificates import sign_waiting_certificates


@shared_task
def sign_certificates() -> None:
    sign_waiting_certificates()


@shared_task
def publish_crls() -> None:
    publish_due_crls()


@shared_task
def forget_tunnel_keys() -> None:
    tunnel_keys.forget_tunnel_keys()


@shared_task
def escalate_cases() -> None:
    escalation.escalate_cases()
