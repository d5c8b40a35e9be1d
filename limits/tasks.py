from celery import shared_task

from limits.operations import forget_full_purses as full_purses


@shared_task
def forget_full_purses() -> None:
    full_purses.forget_full_purses()
