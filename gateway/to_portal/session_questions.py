"""The portal's questions about live sessions, and what the agent answers: which session holds an address now.

A disk key is released on such an answer alone (docs/contracts.md). So it rests on a `status 3` that was asked for after
the question came, and never on what the agent knew before.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.locks.sensor_routes import SensorRoutes
from gateway.openvpn.session_watches import SessionWatches
from gateway.openvpn.sessions import Session
from gateway.state.desired_state import SUBJECT

MOST_QUESTIONS = 256
MOST_SUBJECTS = 4096
HIGHEST_NUMBER = 2**63 - 1
# However often the portal asks, OpenVPN's only thread has twice the time of a status for its packets before the next:
# 7 microseconds for each client, so 28 ms with 2,000 (measured with OpenVPN 2.6.14).
REST_AFTER_STATUS = 2.0


class QuestionsRefused(Exception):
    """The portal's answer holds no questions of the agreed form."""


@dataclass(frozen=True, slots=True)
class Question:
    number: int
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionsArrived:
    """`at` is on the monotonic clock: only a status that is asked for from then on answers them."""

    questions: tuple[Question, ...]
    at: float


Answers = list[dict[str, object]]


class SessionQuestions:
    """Those that wait for a status. `send` hands the answers to the thread that waits for the portal."""

    def __init__(self, watch: SessionWatches, routes: SensorRoutes, send: Callable[[Answers], None]) -> None:
        self._watch, self._routes, self._send = watch, routes, send
        self._waiting: QuestionsArrived | None = None
        self._ask_at = float("inf")
        self._asked = False

    def take(self, arrived: QuestionsArrived) -> None:
        """One lot at a time: the thread asks for the next when it has told the answers to the last."""
        self._waiting, self._asked = arrived, False
        self._ask_at = self._watch.rests_until(REST_AFTER_STATUS)

    def next_step(self) -> float:
        return self._ask_at if self._waiting and not self._asked else float("inf")

    def tick(self, now: float) -> None:
        if self._waiting is None:
            return
        if self._watch.sessions is None:
            self._answer(self._waiting, None)
        elif self._watch.seen_at >= self._waiting.at:
            self._answer(self._waiting, self._watch.sessions)
        elif not self._asked and now >= self._ask_at:
            self._asked = True
            self._watch.ask_status(now)

    def _answer(self, arrived: QuestionsArrived, sessions: dict[str, Session] | None) -> None:
        self._waiting = None
        self._send([self._answer_one(question, sessions) for question in arrived.questions])

    def _answer_one(self, question: Question, sessions: dict[str, Session] | None) -> dict[str, object]:
        if sessions is None:
            # Not the same as "no session": it is not known.
            return {"number": question.number, "sessions": None}
        live = [sessions[subject] for subject in question.subjects if subject in sessions]
        # One to which its address does not lead holds it not, or not yet.
        return {
            "number": question.number,
            "sessions": [self._as_json(session) for session in live if self._routes.leads_to(session)],
        }

    def _as_json(self, session: Session) -> dict[str, object]:
        """Durations only, in milliseconds: no clock of this host means anything to the portal."""
        history, at = self._watch.history, self._watch.seen_at
        return {
            "subject": session.subject,
            "public_address": session.public_address,
            "underlay_address": session.underlay_address,
            "client": session.client,
            # Before its address led to it, another may have had that.
            "age_ms": _milliseconds(min(history.age(session, at), at - self._routes.moved_at(session))),
            "earlier": [
                {
                    "public_address": one.public_address,
                    "ended_ms_ago": _milliseconds(at - one.ended_at),
                    "quiet_ms": _milliseconds(one.quiet),
                }
                for one in history.earlier(session.subject, at)
            ],
        }


def _milliseconds(seconds: float) -> int:
    return max(0, int(seconds * 1000))


def parse_questions(body: bytes) -> QuestionsArrived:
    """Raises QuestionsRefused."""
    at = time.monotonic()
    try:
        items = json.loads(body)["questions"]
        if not isinstance(items, list) or len(items) > MOST_QUESTIONS:
            raise TypeError
        questions = tuple(_question(item) for item in items)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise QuestionsRefused("the portal's questions cannot be read") from error
    return QuestionsArrived(questions, at)


def _question(item: Any) -> Question:
    number, subjects = item["number"], item["subjects"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= HIGHEST_NUMBER:
        raise TypeError
    if not isinstance(subjects, list) or len(subjects) > MOST_SUBJECTS:
        raise TypeError
    if not all(isinstance(subject, str) and SUBJECT.fullmatch(subject) for subject in subjects):
        raise TypeError
    return Question(number, tuple(subjects))
