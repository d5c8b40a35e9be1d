"""Before a disk key is decided upon, its gateway is asked which session holds the box's address at this moment.

Requests that wait at the same time share a question, and one thread of the process asks for all of them. It waits
before any transaction begins: neither a row lock nor a database connection is held meanwhile.
"""

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from sensors.fleet.reported_fields import MalformedReport
from sensors.keys.confirmed_sessions import ConfirmedSession, find_session
from sensors.keys.operations.ask_about_sessions import ask_about_sessions, forget_session_questions, read_answers

logger = logging.getLogger(__name__)

# All in seconds. A gateway that has not answered within DEADLINE is silent: its boxes are held at once until it speaks.
DEADLINE = 2.0
# Between two questions to one gateway: who comes in between shares the next one.
APART = 0.03
LOOK = 0.008
# No answer is there sooner.
LOOK_FIRST_AFTER = 0.015
LOOK_FOR_A_SILENT_GATEWAY = 0.25
# A gateway whose answer takes longer is slow; so many of its boxes may wait, and the others are told to ask again.
SLOW = 0.25
MOST_FOR_A_SLOW_GATEWAY = 12
# For so long the answer to a missed question still shows that the gateway is back.
MISSED = 20.0
PAUSE_AFTER_ERROR = 0.5
FORGET_EVERY = 60.0
# For so long the thread waits for more boxes before it ends.
REST = 5.0


@dataclass(slots=True)
class _Waiting:
    subject: str
    done: threading.Event = field(default_factory=threading.Event)
    answered: bool = False
    session: ConfirmedSession | None = None


@dataclass(slots=True)
class _Asked:
    at: float
    waiting: list[_Waiting]


@dataclass(slots=True)
class _Desk:
    """One gateway's."""

    waiting: list[_Waiting] = field(default_factory=list)
    asked: dict[int, _Asked] = field(default_factory=dict)
    asked_at: float = float("-inf")
    is_silent: bool = False

    def is_crowded(self, now: float) -> bool:
        """Slow, with as many waiting as may hold up a thread each."""
        if self.is_silent or not any(now - one.at > SLOW for one in self.asked.values()):
            return False
        return len(self.waiting) + sum(len(one.waiting) for one in self.asked.values()) >= MOST_FOR_A_SLOW_GATEWAY

    def is_due(self, now: float) -> bool:
        return bool(self.waiting) and now - self.asked_at >= APART


class SessionConfirmations:
    """One for a process. Its thread ends when nobody waits and the next request starts another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._desks: dict[UUID, _Desk] = defaultdict(_Desk)
        self._thread: threading.Thread | None = None
        self._forget_at = time.monotonic() + FORGET_EVERY
        self._looked_at = 0.0

    def confirm(self, *, gateway: UUID, subject: str) -> tuple[bool, ConfirmedSession | None]:
        """Whether the gateway has answered in time, and the session it named. Lets the database connection go."""
        connection.close()
        mine = _Waiting(subject)
        with self._changed:
            desk = self._desks[gateway]
            if desk.is_crowded(time.monotonic()):
                return False, None
            # Of a silent gateway one question is kept open, by whose answer it is seen to be back.
            if not desk.is_silent or not (desk.asked or desk.waiting):
                desk.waiting.append(mine)
                self._start()
                if len(desk.waiting) == 1:
                    self._changed.notify_all()
            is_silent = desk.is_silent
        if not is_silent:
            mine.done.wait(2 * DEADLINE)
        return mine.answered, mine.session

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="session-confirmations", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        try:
            while self._wait_for_work():
                try:
                    self._ask()
                    self._look()
                    self._forget()
                except DatabaseError as error:
                    logger.warning("cannot ask gateways about sessions: %s", type(error).__name__)
                    connection.close()
                    time.sleep(PAUSE_AFTER_ERROR)
                self._give_up()
        finally:
            connection.close()

    def _wait_for_work(self) -> bool:
        """False when there is nobody left to work for; the thread ends then."""
        with self._changed:
            if (step := self._next_step()) is None:
                # The thread and its database connection are worth keeping for the next box.
                if not self._changed.wait_for(lambda: self._next_step() is not None, timeout=REST):
                    self._thread = None
                    return False
            elif (seconds := step - time.monotonic()) > 0:
                self._changed.wait(seconds)
            return True

    def _next_step(self) -> float | None:
        """When there is something to do again; None for never."""
        steps = [desk.asked_at + APART for desk in self._desks.values() if desk.waiting]
        for desk in self._desks.values():
            for asked in desk.asked.values():
                pause = LOOK if asked.waiting else LOOK_FOR_A_SILENT_GATEWAY
                steps.append(max(asked.at + LOOK_FIRST_AFTER, self._looked_at + pause))
        return min(steps, default=None)

    def _ask(self) -> None:
        now = time.monotonic()
        with self._changed:
            due = {gateway: desk for gateway, desk in self._desks.items() if desk.is_due(now)}
        for gateway, desk in due.items():
            with self._changed:
                waiting, desk.waiting = desk.waiting, []
                desk.asked_at = now
            try:
                number = ask_about_sessions(gateway=gateway, subjects={one.subject for one in waiting})
            except DatabaseError:
                _dismiss(waiting)
                raise
            with self._changed:
                desk.asked[number] = _Asked(now, waiting)

    def _look(self) -> None:
        with self._changed:
            desks = list(self._desks.values())
            now = time.monotonic()
            asked = [(number, one) for desk in desks for number, one in desk.asked.items()]
            open_questions = [number for number, one in asked if now - one.at > LOOK_FIRST_AFTER]
        if not open_questions or now - self._looked_at < LOOK:
            return
        self._looked_at = now
        answers = read_answers(questions=open_questions)
        with self._changed:
            for desk in desks:
                for number in answers.keys() & desk.asked.keys():
                    desk.is_silent = False
                    _hand_out(desk.asked.pop(number).waiting, answers[number])

    def _give_up(self) -> None:
        now = time.monotonic()
        with self._changed:
            for gateway, desk in self._desks.items():
                for number, asked in list(desk.asked.items()):
                    if now - asked.at > DEADLINE and asked.waiting:
                        if not desk.is_silent:
                            logger.warning("gateway %s does not say which sessions it has: its boxes are held", gateway)
                        desk.is_silent = True
                        _dismiss(asked.waiting)
                        asked.waiting = []
                    if now - asked.at > MISSED:
                        del desk.asked[number]

    def _forget(self) -> None:
        if time.monotonic() > self._forget_at:
            self._forget_at = time.monotonic() + FORGET_EVERY
            forget_session_questions()


def _hand_out(waiting: list[_Waiting], sessions: list[dict[str, Any]] | None) -> None:
    for one in waiting:
        try:
            one.session = find_session(sessions, one.subject)
            one.answered = sessions is not None
        except MalformedReport:
            logger.exception("a stored answer cannot be read")
        one.done.set()


def _dismiss(waiting: list[_Waiting]) -> None:
    for one in waiting:
        one.done.set()
