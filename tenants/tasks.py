from celery import shared_task

from tenants.operations.send_mails import send_mails as send_waiting


@shared_task
def send_mails() -> None:
    send_waiting()
