"""The thread that waits for the portal's questions about live sessions and tells the answers."""

import json
import queue
import time

from gateway.to_portal.portal_client import PortalClient, PortalUnreachable
from gateway.to_portal.portal_threads import LEAST_WAIT_SECONDS, WAIT_SECONDS, Deliver, PortalThread, QuestionsFailed
from gateway.to_portal.session_questions import (
    Answers,
    Question,
    QuestionsArrived,
    QuestionsRefused,
    parse_questions,
)

# The loop answers within seconds whatever OpenVPN does; a question older than this is nobody's any more.
LONGEST_ANSWER_SECONDS = 10.0


class QuestionPoller(PortalThread):
    """Waits for the portal's questions about sessions and tells the answers, on a connection of its own: they queue
    behind no report and no state that is being applied."""

    def __init__(self, client: PortalClient, deliver: Deliver) -> None:
        super().__init__("question-poller", client, deliver)
        self._answered: queue.SimpleQueue[Answers] = queue.SimpleQueue()

    def answer(self, answers: Answers) -> None:
        self._answered.put(answers)

    def work(self) -> None:
        answers: Answers = []
        while True:
            began = time.monotonic()
            try:
                arrived = self._exchange(answers)
            except (PortalUnreachable, QuestionsRefused) as error:
                self._deliver(QuestionsFailed(str(error)))
                answers = []
                self.back_off()
                continue
            self._deliver(arrived)
            answers = self._wait_for_answers(arrived.questions) if arrived.questions else []
            if arrived.questions or time.monotonic() - began > LEAST_WAIT_SECONDS:
                self._failures = 0
            else:
                # A door that does not wait must not make the agent ask as fast as it can.
                self.back_off()

    def _exchange(self, answers: Answers) -> QuestionsArrived:
        wait = self._client.longest_wait(WAIT_SECONDS)
        path = f"/v1/gateway/session-questions?wait={wait}"
        body = json.dumps({"answers": answers}, separators=(",", ":")).encode()
        answer = self._client.ask("POST", path, body=body, seconds=wait + 15, wait=wait)
        if answer.status != 200:
            raise PortalUnreachable(f"answered {answer.status} to the offer to answer its questions")
        return parse_questions(answer.body)

    def _wait_for_answers(self, questions: tuple[Question, ...]) -> Answers:
        """Of these questions: what was answered too late for the lot before is nobody's any more."""
        try:
            while (answers := self._answered.get(timeout=LONGEST_ANSWER_SECONDS))[0]["number"] != questions[0].number:
                pass
        except queue.Empty:
            return []
        return answers
