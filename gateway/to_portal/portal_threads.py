"""The threads that wait for the portal, so that the loop that guards the sessions never does."""

import json
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.state.desired_state import StateAnswer, StateRefused, parse_state_answer
from gateway.to_portal.portal_client import PortalClient, PortalUnreachable
from gateway.to_portal.reports import Report
from gateway.to_portal.session_questions import QuestionsArrived

WAIT_SECONDS = 50
# An answer without news that came sooner is of a door that does not wait.
LEAST_WAIT_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class StateArrived:
    answer: StateAnswer
    at: float


@dataclass(frozen=True, slots=True)
class PollFailed:
    """`refused` is why an answer was not taken; otherwise the portal was out of reach."""

    detail: str
    refused: bool


@dataclass(frozen=True, slots=True)
class ReportAnswered:
    status: int
    last_sequence: int | None


@dataclass(frozen=True, slots=True)
class ReportFailed:
    detail: str


@dataclass(frozen=True, slots=True)
class QuestionsFailed:
    """The portal's questions cannot be heard: keys are held meanwhile."""

    detail: str


@dataclass(frozen=True, slots=True)
class RecallFailed:
    """Why a portal that was restored does not have what this gateway knows as revoked; None once it has."""

    detail: str | None


@dataclass(frozen=True, slots=True)
class RenewalTold:
    """Why the certificate was not renewed although it is time; None if all is well."""

    detail: str | None


@dataclass(frozen=True, slots=True)
class ThreadBroke:
    """Something nobody foresaw: an agent that no longer asks or tells must not seem alive."""

    detail: str


Message = (
    StateArrived
    | PollFailed
    | ReportAnswered
    | ReportFailed
    | QuestionsArrived
    | QuestionsFailed
    | RecallFailed
    | RenewalTold
    | ThreadBroke
)
Deliver = Callable[[Message], None]


class PortalThread(threading.Thread):
    """A daemon: ending the agent does not wait for the portal. A class that inherits from it defines `work`."""

    def __init__(self, name: str, client: PortalClient, deliver: Deliver) -> None:
        super().__init__(name=name, daemon=True)
        self._client, self._deliver = client, deliver
        self._failures = 0

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:
            self._deliver(ThreadBroke(f"{self.name}: {type(error).__name__}: {error}"))

    def work(self) -> None:
        raise NotImplementedError

    def back_off(self) -> None:
        delay = min(LONGEST_BACK_OFF_SECONDS, 0.25 * 2 ** min(self._failures, 6))
        self._failures += 1
        # Jitter: gateways that lost the portal together should not come back together.
        time.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 -- not a secret


class StatePoller(PortalThread):
    """Asks for the state since N, hands the answer over, and goes on from the N named by `applied`."""

    def __init__(self, client: PortalClient, deliver: Deliver) -> None:
        super().__init__("state-poller", client, deliver)
        self._since = 0
        self._applied: queue.SimpleQueue[int] = queue.SimpleQueue()

    def applied(self, generation: int) -> None:
        self._applied.put(generation)

    def work(self) -> None:
        self._since = self._applied.get()
        while True:
            began = time.monotonic()
            try:
                answer = self._poll()
            except PortalUnreachable as error:
                self._deliver(PollFailed(str(error), refused=False))
            except StateRefused as error:
                self._deliver(PollFailed(str(error), refused=True))
            else:
                news = answer.generation > self._since
                self._deliver(StateArrived(answer, time.monotonic()))
                self._since = self._applied.get()
                # A door that does not wait must not make the agent ask as fast as it can.
                if self._since >= answer.generation and (news or time.monotonic() - began > LEAST_WAIT_SECONDS):
                    self._failures = 0
                    continue
            self.back_off()

    def _poll(self) -> StateAnswer:
        wait = self._client.longest_wait(WAIT_SECONDS)
        path = f"/v1/gateway/state?since={self._since}&wait={wait}"
        answer = self._client.ask("GET", path, seconds=wait + 15, wait=wait)
        if answer.status != 200:
            raise PortalUnreachable(f"answered {answer.status} to the question for the state")
        return parse_state_answer(answer.body, since=self._since)


class ReportSender(PortalThread):
    """Sends one report at a time; the loop gives the next one after the answer to the last."""

    def __init__(self, client: PortalClient, deliver: Deliver) -> None:
        super().__init__("report-sender", client, deliver)
        self._reports: queue.SimpleQueue[Report] = queue.SimpleQueue()

    def send(self, report: Report) -> None:
        self._reports.put(report)

    def work(self) -> None:
        while True:
            body = json.dumps(self._reports.get(), separators=(",", ":")).encode()
            try:
                answer = self._client.ask("POST", "/v1/gateway/observed", body=body)
            except PortalUnreachable as error:
                self._deliver(ReportFailed(str(error)))
                continue
            self._deliver(ReportAnswered(answer.status, _last_sequence(answer.body)))


def _last_sequence(body: bytes) -> int | None:
    try:
        value = json.loads(body).get("last_sequence")
    except (ValueError, AttributeError, RecursionError):
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 else None
