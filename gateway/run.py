"""`python -m gateway run`: the agent until SIGTERM or SIGINT. Fail-static: it leaves OpenVPN and nft as they are."""

import signal
from types import FrameType

from gateway.agent import Agent
from gateway.agent_directory import AgentDirectory
from gateway.enrolment_file import NotEnrolledError, connect_machines_door
from gateway.portal_threads import ReportSender, StatePoller


def run(*, directory: AgentDirectory) -> None:
    """Returns when told to stop. Raises NotEnrolledError, or OSError when the directory cannot be written."""
    if not directory.tls_crypt_key.exists():
        raise NotEnrolledError(f"{directory.tls_crypt_key} is missing: run `python -m gateway enrol` again")
    # One connection for each thread: a client is not for two.
    poller_client, sender_client = connect_machines_door(directory), connect_machines_door(directory)
    agent = Agent(directory)
    agent.poller = StatePoller(poller_client, agent.state.generation, agent.deliver)
    agent.sender = ReportSender(sender_client, agent.deliver)

    def stop(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    agent.restore()
    agent.poller.start()
    agent.sender.start()
    agent.run()
