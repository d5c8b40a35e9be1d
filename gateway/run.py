"""`python -m gateway run`: the agent until SIGTERM or SIGINT. Fail-static: it leaves OpenVPN and nft as they are."""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gateway.agent import Agent
from gateway.agent_directory import AgentDirectory
from gateway.to_portal.certificate_pairs import mend_pair
from gateway.to_portal.enrolment_file import NotEnrolled, connect_machines_door
from gateway.to_portal.portal_threads import Message, ReportSender, StatePoller
from gateway.to_portal.question_poller import QuestionPoller
from gateway.to_portal.recall import RecallSender
from gateway.to_portal.renewal import CertificateRenewer


class AlreadyRunning(Exception):
    """Two agents would take the management socket and the report numbers from each other."""


def run(*, directory: AgentDirectory, snapshot_seconds: float) -> None:
    """Returns when told to stop. Raises NotEnrolled, AlreadyRunning, AgentBroken, or OSError."""
    mend_pair(directory)
    if not directory.tls_crypt_key.exists():
        raise NotEnrolled(f"{directory.tls_crypt_key} is missing: run `python -m gateway enrol` again")
    with _only_one(directory):
        # One connection for each thread: a client is not for two.
        to_ask, to_tell, to_answer, to_recall = (connect_machines_door(directory) for _ in range(4))

        def deliver(message: Message) -> None:
            agent.deliver(message)

        poller, sender = StatePoller(to_ask, deliver), ReportSender(to_tell, deliver)
        answerer, recaller = QuestionPoller(to_answer, deliver), RecallSender(to_recall, deliver)
        agent = Agent(
            directory,
            send=sender.send,
            answer=answerer.answer,
            applied=poller.applied,
            recall=recaller.tell,
            snapshot_seconds=snapshot_seconds,
        )

        def stop(_number: int, _frame: FrameType | None) -> None:
            agent.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        agent.keeper.restore()
        poller.applied(agent.keeper.state.generation)
        poller.start()
        sender.start()
        answerer.start()
        recaller.start()
        CertificateRenewer(directory, deliver).start()
        agent.run()


@contextmanager
def _only_one(directory: AgentDirectory) -> Iterator[None]:
    descriptor = os.open(directory.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise AlreadyRunning(f"another agent works in {directory.root}") from error
    finally:
        os.close(descriptor)
