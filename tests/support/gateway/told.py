"""What a report tells, as conditions to wait for."""

from collections.abc import Callable
from typing import Any

Condition = Callable[[dict[str, Any]], list[dict[str, Any]]]


def has_problem(code: str, *, of: str = "") -> Condition:
    """`of` is a part of its detail."""
    return lambda report: [one for one in report["problems"] if one["code"] == code and of in one["detail"]]


def tells_of_cut(subject: str) -> Condition:
    return lambda report: [cut for cut in report["cuts"] if cut["subject"] == subject]


def tells_of_ended_session(subject: str) -> Condition:
    """A cut that has ended the machine's session already."""
    return lambda report: [cut for cut in tells_of_cut(subject)(report) if cut["session_gone"]]
