"""Tell a worker, once this transaction is committed, that something waits for it."""

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake_worker(*, task: str) -> None:
    """Best effort: the rows are the work list and a sweep finds them, so a broker that is down costs only seconds."""
    transaction.on_commit(lambda: _send(task), robust=True)


def _send(task: str) -> None:
    try:
        current_app.send_task(task, retry=False)
    except Exception as error:  # whatever a broker can do wrong must not reach the request
        logger.warning("could not wake a worker for %s: %s", task, type(error).__name__)
