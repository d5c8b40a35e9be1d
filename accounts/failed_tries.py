"""Failed sign-ins, written down after the answer, by one thread: anybody on the Internet can make them.

A try that failed changes nothing, so its row need not share a transaction with anything, and the answer waits for
none: how long it takes says neither whether the address is somebody's, nor at how many customers. A sign-in that
succeeds never goes this way.
"""

from dataclasses import dataclass, field

from accounts import budgets
from accounts.after_the_answer import AfterTheAnswer
from accounts.operations.record_sign_in import DOOR, Caller, Step, record_sign_in, record_stranger
from limits.budget import Purse
from limits.spending import OutOfBudget, spend
from tenants.models import Person

LONGEST_QUEUE = 200

writer = AfterTheAnswer("failed-tries", what="failed sign-ins", places=LONGEST_QUEUE)


@dataclass(frozen=True, slots=True)
class FailedTry:
    step: Step
    # May be a password in the wrong field: in no log, and in no repr of an exception.
    typed: str = field(repr=False)
    caller: Caller
    details: dict[str, object]
    # One row in five minutes, for what no budget of a guesser holds back.
    once: bool = False


def note_failed_try(failed: FailedTry) -> None:
    writer.do(lambda: write_failed_try(failed))


def write_failed_try(failed: FailedTry) -> None:
    person = Person.objects.filter(email=failed.typed.strip().lower()).first()
    if failed.once and not _has_room(budgets.ROWS_OF_A_LIMIT.of(failed.step, _whose(failed, person))):
        return
    if person is not None:
        record_sign_in(person=person, step=failed.step, actor=DOOR, caller=failed.caller, details=failed.details)
        return
    # Limits for each network do not help against somebody who has many: this is for all unknown addresses together.
    if _has_room(budgets.ROWS_OF_STRANGERS.of()):
        record_stranger(step=failed.step, typed=failed.typed, caller=failed.caller, details=failed.details)
    elif _has_room(budgets.ROWS_OF_A_GAP.of()):
        # The trail itself says where it has a gap.
        record_stranger(
            step=Step.THROTTLE, typed=failed.typed, caller=failed.caller, details={"reason": "more in this minute"}
        )


def _whose(failed: FailedTry, person: Person | None) -> str:
    return f"person:{person.pk}" if person else f"address:{failed.caller.as_details()['address']}"


def _has_room(purse: Purse) -> bool:
    try:
        spend(purse)
    except OutOfBudget:
        return False
    return True
