"""Tell a worker, once this transaction is committed, that something waits for it."""

import logging
from concurrent.futures import ThreadPoolExecutor

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


# One thread, so that a broker that takes its time to fail holds up neither an answer nor the next one.
_messenger = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wake-worker")
_on_their_way: set[str] = set()


def wake_worker(*, task: str) -> None:
    """Best effort: the rows are the work list and a sweep finds them, so a broker that is down costs only seconds."""
    transaction.on_commit(lambda: _send(task), robust=True)


def _send(task: str) -> None:
    # A worker that is woken does all that waits, so one message on its way is enough.
    if task not in _on_their_way:
        _on_their_way.add(task)
        _messenger.submit(_deliver, task)


def _deliver(task: str) -> None:
    _on_their_way.discard(task)
    try:
        current_app.send_task(task, retry=False)
    except Exception as error:  # whatever a broker can do wrong must not reach the request
        logger.warning("could not wake a worker for %s: %s", task, type(error).__name__)
