"""The gateway's host: the agent, and real OpenVPN as soon as the agent has written its configuration."""

import subprocess
import sys
from pathlib import Path

from lab.errors import LaboratoryBroken
from lab.namespaces import Namespace
from lab.portal import CHECKOUT
from lab.process import Process
from lab.processes import MINIMAL_ENVIRONMENT, Processes, Supervisor
from lab.waiting import wait_until


class GatewayHost:
    """One gateway in its namespace."""

    def __init__(
        self,
        *,
        host: Namespace,
        directory: Path,
        processes: Processes,
        portal_url: str,
        ca_file: Path,
        checkout: Path = CHECKOUT,
    ) -> None:
        """Prepare a gateway that keeps its files in `directory`."""
        self.host = host
        self.directory = directory
        self._processes = processes
        self._portal_url = portal_url
        self._ca_file = ca_file
        self._checkout = checkout
        self.agent: Process | None = None
        self.openvpn: Supervisor | None = None

    def enrol(self, code: str) -> None:
        """Turn the one-time code into the gateway's certificate."""
        command = self._agent_command(
            "enrol", "--portal", self._portal_url, "--ca-file", str(self._ca_file), "--code-file", "-"
        )
        done = subprocess.run(
            command,
            cwd=self._checkout,
            env=MINIMAL_ENVIRONMENT,
            input=code + "\n",
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        if done.returncode != 0:
            raise LaboratoryBroken(f"the gateway could not enrol:\n{done.stderr.strip()}")

    def start_agent(self) -> None:
        """Start the agent; it goes on asking the portal until it is ended."""
        self.agent = self._processes.start(
            "gateway-agent",
            self._agent_command("run"),
            environment={"PYTHONUNBUFFERED": "1"},
            cwd=self._checkout,
        )

    def stop_agent(self) -> None:
        """End the agent; OpenVPN and the firewall stay as they are."""
        if self.agent is not None:
            self._processes.end(self.agent)
            self.agent = None

    def start_openvpn(self, *, timeout: float = 30, by_tcp: bool = False) -> None:
        """Wait for the agent's configuration, then run OpenVPN with it, again whenever it ends.

        `by_tcp`: the second one, for which the gateway must have a TCP port.
        """
        if by_tcp:
            self._start("gateway-openvpn-tcp", "server-tcp.conf", timeout)
            self.host.set_kernel_option("net/ipv4/conf/nsmtcp0/rp_filter", "1")
            return
        self.openvpn = self._start("gateway-openvpn", "server.conf", timeout)

    def _start(self, name: str, configuration: str, timeout: float) -> Supervisor:
        if self.agent is None:
            raise LaboratoryBroken("the agent must run before OpenVPN, whose configuration it writes")
        self._processes.wait_for(
            (self.directory / configuration).exists,
            of=self.agent,
            what=f"the agent to write {configuration}",
            timeout=timeout,
        )
        command = self.host.enter(["openvpn", "--cd", str(self.directory), "--config", configuration])
        started = self._processes.supervise(lambda: self._processes.start(name, command, cwd=self.directory))
        wait_until(
            lambda: "Initialization Sequence Completed" in started.log.read_text(errors="replace"),
            what=f"{name} to be ready",
            timeout=timeout,
        )
        return started

    def _agent_command(self, command: str, *options: str) -> list[str]:
        return self.host.enter([sys.executable, "-m", "gateway", command, "--directory", str(self.directory), *options])
