from celery import shared_task

from tenants.operations.announce import announce_all
from tenants.operations.announce_delays import announce_delays
from tenants.operations.announce_networks import announce_networks


@shared_task
def announce_changes() -> None:
    announce_all(announce_networks, announce_delays)
