"""What a report tells, as conditions to wait for."""

from collections.abc import Callable
from typing import Any

Condition = Callable[[dict[str, Any]], list[dict[str, Any]]]


def has_problem(code: str, *, of: str = "") -> Condition:
    """`of` is a part of its detail."""
    return lambda report: [one for one in report["problems"] if one["code"] == code and of in one["detail"]]


def tells_of_cut(subject: str) -> Condition:
    return lambda report: [cut for cut in report["cuts"] if cut["subject"] == subject]


def whole_cut(subject: str, *, generation: int, took_ms: int) -> dict[str, Any]:
    """As it is told once all four locks are seen to be in place."""
    locks = ("session_gone", "firewall_closed", "serials_blocked", "client_config_removed")
    return {"subject": subject, "generation": generation, **dict.fromkeys(locks, True), "took_ms": took_ms}


def tells_of_ended_session(subject: str) -> Condition:
    """A cut that has ended the machine's session already."""
    return lambda report: [cut for cut in tells_of_cut(subject)(report) if cut["session_gone"]]
