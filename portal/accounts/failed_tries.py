"""Failed sign-ins, written down after the answer, by one thread: anybody on the Internet can make them.

A try that failed changes nothing, so its row need not share a transaction with anything, and the answer waits for
none: how long it takes says neither whether the address is somebody's, nor at how many customers. One thread means
one connection and one place in the queue for a chain, however many knock. What waits in memory when the process is
killed is lost; a sign-in that succeeds never goes this way.
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db import connection, transaction

from tenants.models import Person
from tenants.operations.record_sign_in import DOOR, Caller, Step, record_sign_in, record_stranger

logger = logging.getLogger(__name__)

# allauth lets five tries for one address pass in this time, and ten from one network in a minute.
PAUSE = 300
# Limits for each network do not help against somebody who has many: this is for all unknown addresses together.
STRANGERS_A_MINUTE = 30
LONGEST_QUEUE = 200

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="failed-tries")
_places = threading.BoundedSemaphore(LONGEST_QUEUE)


@dataclass(frozen=True, slots=True)
class FailedTry:
    step: Step
    # May be a password in the wrong field: in no log, and in no repr of an exception.
    typed: str = field(repr=False)
    caller: Caller
    details: dict[str, object]
    # One row in a PAUSE, for what no limit of allauth's holds back.
    once: bool = False


def note_failed_try(failed: FailedTry) -> None:
    """At once outside a transaction, which is how the pages run."""
    transaction.on_commit(lambda: _hand_over(failed))


def _hand_over(failed: FailedTry) -> None:
    if _places.acquire(blocking=False):
        _writer.submit(_write_apart, failed)
    else:
        logger.warning("%s failed sign-ins wait to be written down: one more was not", LONGEST_QUEUE)


def _write_apart(failed: FailedTry) -> None:
    try:
        write_failed_try(failed)
    except Exception as error:  # nobody waits for this thread, so it has to speak itself
        logger.error("a failed sign-in could not be written down: %s", type(error).__name__)
    finally:
        connection.close()
        _places.release()


def write_failed_try(failed: FailedTry) -> None:
    person = Person.objects.filter(email=failed.typed.strip().lower()).first()
    if failed.once and not _first_in_a_while(failed, person):
        return
    if person is not None:
        record_sign_in(person=person, step=failed.step, actor=DOOR, caller=failed.caller, details=failed.details)
        return
    number = _strangers_this_minute()
    if number <= STRANGERS_A_MINUTE:
        record_stranger(step=failed.step, typed=failed.typed, caller=failed.caller, details=failed.details)
    elif number == STRANGERS_A_MINUTE + 1:
        # The trail itself says where it has a gap.
        record_stranger(
            step=Step.THROTTLE, typed=failed.typed, caller=failed.caller, details={"reason": "more in this minute"}
        )


def _first_in_a_while(failed: FailedTry, person: Person | None) -> bool:
    whose = f"person:{person.pk}" if person else f"address:{failed.caller.as_details()['address']}"
    return bool(cache.add(f"failed-try:{failed.step}:{whose}", 1, PAUSE))


def _strangers_this_minute() -> int:
    """Shared by all processes. Two of them may count one number twice, which the limit can bear."""
    key = f"failed-tries-of-strangers:{int(time.time() // 60)}"
    cache.add(key, 0, 120)
    return int(cache.incr(key))
