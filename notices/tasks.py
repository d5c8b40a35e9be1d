from celery import shared_task

from notices.operations.send_mails import send_mails as send_waiting


# Tasks keep their names when files move: messages may be under way.
@shared_task(name="tenants.tasks.send_mails")
def send_mails() -> None:
    send_waiting()
