from celery import shared_task

from notices.operations.send_mails import send_mails as send_waiting
from tenants.operations.announce import announce_all
from tenants.operations.announce_delays import announce_delays
from tenants.operations.announce_networks import announce_networks


@shared_task
def send_mails() -> None:
    send_waiting()


@shared_task
def announce_changes() -> None:
    announce_all(announce_networks, announce_delays)
