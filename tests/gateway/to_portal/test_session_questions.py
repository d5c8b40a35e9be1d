"""Questions come in, answers go out: each rests on a status that was asked for after the question."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.openvpn.session_history import SessionHistory
from gateway.openvpn.sessions import Session
from gateway.to_portal.session_questions import (
    Answers,
    Question,
    QuestionsArrived,
    QuestionsRefused,
    SessionQuestions,
    parse_questions,
)
from tests.support.gateway.facts import ANNA, BERTA

SESSION = Session(ANNA, "198.51.100.21", "10.88.0.5", 1000, 1, None, 100, 100)


class Watch:
    """What SessionQuestions sees of the management sockets."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] | None = {ANNA: SESSION}
        self.seen_at, self.status_took, self.history = 5.0, 0.0, SessionHistory()
        self.asked: list[float] = []

    def rests_until(self, times: float) -> float:
        return self.seen_at + (1 + times) * self.status_took

    def ask_status(self, now: float) -> None:
        self.asked.append(now)

    def status_taken(self, asked_at: float) -> None:
        self.seen_at = asked_at
        self.history.take((self.sessions or {}).values(), asked_at)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def sent() -> list[Answers]:
    return []


class Routes:
    """Where addresses lead to, as SessionQuestions asks it."""

    def __init__(self) -> None:
        self.astray: set[str] = set()
        self.moved: dict[str, float] = {}

    def leads_to(self, session: Session) -> bool:
        return session.subject not in self.astray

    def moved_at(self, session: Session) -> float:
        return self.moved.get(session.subject, float("-inf"))


@pytest.fixture
def routes() -> Routes:
    return Routes()


@pytest.fixture
def questions(watch: Watch, routes: Routes, sent: list[Answers]) -> SessionQuestions:
    return SessionQuestions(watch, routes, sent.append)  # type: ignore[arg-type]  # what it uses of both


def arrived(at: float, *numbers: int) -> QuestionsArrived:
    return QuestionsArrived(tuple(Question(number, (ANNA, BERTA)) for number in numbers), at)


def test_what_was_seen_before_the_question_answers_nothing(
    questions: SessionQuestions, watch: Watch, sent: list[Answers]
) -> None:
    questions.take(arrived(10.0, 7, 8))
    questions.tick(10.0)
    assert (watch.asked, sent) == ([10.0], [])
    watch.status_taken(9.99)  # was on its way when the question came
    questions.tick(10.1)
    assert sent == []
    watch.status_taken(10.1)
    questions.tick(10.2)
    [[first, second]] = sent
    assert (first["number"], second["number"], first["sessions"]) == (7, 8, second["sessions"])
    assert first["sessions"] == [
        {
            "subject": ANNA,
            "public_address": "198.51.100.21",
            "underlay_address": "10.88.0.5",
            "client": 1,
            "age_ms": 109,
            "earlier": [],
        }
    ]


def test_earlier_sessions_are_told_as_durations(questions: SessionQuestions, watch: Watch, sent: list[Answers]) -> None:
    watch.status_taken(10.0)
    watch.sessions = {ANNA: replace(SESSION, client=2, public_address="203.0.113.9")}
    questions.take(arrived(20.0, 1))
    watch.status_taken(20.5)
    questions.tick(20.6)
    [[answer]] = sent
    before = {"public_address": "198.51.100.21", "ended_ms_ago": 0, "quiet_ms": 10_500}
    assert json.loads(json.dumps(answer))["sessions"][0]["earlier"] == [before]


def test_a_session_to_which_its_address_does_not_lead_is_not_told(
    questions: SessionQuestions, watch: Watch, routes: Routes, sent: list[Answers]
) -> None:
    routes.astray = {ANNA}
    questions.take(arrived(10.0, 7))
    watch.status_taken(10.1)
    questions.tick(10.2)
    assert sent == [[{"number": 7, "sessions": []}]]


def test_a_session_is_no_older_than_its_address_leads_to_it(
    questions: SessionQuestions, watch: Watch, routes: Routes, sent: list[Answers]
) -> None:
    watch.status_taken(10.0)
    routes.moved = {ANNA: 20.0}
    questions.take(arrived(20.2, 7))
    watch.status_taken(20.5)
    questions.tick(20.6)
    assert json.loads(json.dumps(sent))[0][0]["sessions"][0]["age_ms"] == 500


def test_an_agent_that_cannot_see_says_so_at_once(
    questions: SessionQuestions, watch: Watch, sent: list[Answers]
) -> None:
    watch.sessions = None
    questions.take(arrived(10.0, 7))
    questions.tick(10.0)
    assert sent == [[{"number": 7, "sessions": None}]]


def test_openvpn_gets_its_rest_between_two_long_statuses(questions: SessionQuestions, watch: Watch) -> None:
    watch.status_took, watch.seen_at = 0.5, 9.9
    questions.take(arrived(10.0, 7))
    questions.tick(10.0)
    assert (watch.asked, questions.next_step()) == ([], 9.9 + 0.5 + 2 * 0.5)
    questions.tick(11.4)
    assert watch.asked == [11.4]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"questions": {}}',
        b'{"questions": [{"number": "1", "subjects": []}]}',
        b'{"questions": [{"number": true, "subjects": []}]}',
        b'{"questions": [{"number": -1, "subjects": []}]}',
        b'{"questions": [{"number": 1, "subjects": ["s-annaaaaaaaaa\\n"]}]}',
        b'{"questions": [{"number": 1, "subjects": "s-annaaaaaaaaa"}]}',
        b'{"questions": [{"number": 1}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_question_is_refused(body: bytes) -> None:
    with pytest.raises(QuestionsRefused):
        parse_questions(body)


def test_more_than_can_be_answered_is_refused() -> None:
    many: dict[str, Any] = {"questions": [{"number": 1, "subjects": []}] * 257}
    with pytest.raises(QuestionsRefused):
        parse_questions(json.dumps(many).encode())
