"""A gateway with real OpenVPN, nft and agent, and sensors, each in a namespace of its own."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.authority import (
    Issued,
    make_authority,
    make_tls_crypt_client_key,
    make_tls_crypt_server_key,
)
from tests.support.checkout import CHECKOUT
from tests.support.gateway.configurations import CLIENT_CONF, CONFIG, GATEWAY, PUBLIC_ADDRESS
from tests.support.gateway.machines_door import MachinesDoor, Portal
from tests.support.gateway.network import Network, enter_namespace
from tests.support.gateway.told import tells_of_ended_session
from tests.support.waiting import wait_until


class TunnelBox:
    """One box: real OpenVPN client, its certificate, what the portal says of it."""

    def __init__(self, number: int, subject: str, issued: Issued) -> None:
        self.number, self.subject, self.issued = number, subject, issued
        self.address = f"10.88.0.{10 + number}"
        self.public_address = f"198.51.100.{20 + number}"
        self.host = ""
        self.openvpn = ["openvpn"]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def serial(self) -> str:
        return str(self.issued.serial)

    def allowed(self, **more: Any) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "address": self.address,
            "allowed": True,
            "client_config": f"ifconfig-push {self.address} 255.255.0.0\n",
            "serials": [self.serial],
            "revoked_serials": [],
            **more,
        }

    def cut(self) -> dict[str, Any]:
        return self.allowed(allowed=False, client_config=None, serials=[], revoked_serials=[self.serial])


class LoneGateway:
    """Everything one test needs; `close` removes all of it, also after a failure."""

    def __init__(self, folder: Path, *, sensors: int) -> None:
        self.folder = folder
        self.directory = folder / "gateway"
        self.directory.mkdir()
        self.authority = make_authority()
        self.portal = Portal()
        self.network = Network()
        self.agent: subprocess.Popen[bytes] | None = None
        self.openvpn: subprocess.Popen[bytes] | None = None
        self.openvpn_tcp: subprocess.Popen[bytes] | None = None
        self.door: MachinesDoor | None = None
        self.sensors: list[TunnelBox] = []
        self.agent_options: list[str] = []
        self.openvpn_command = ["openvpn"]
        try:
            self.host = self.network.add_host("gw", PUBLIC_ADDRESS)
            self._enrol()
            for number in range(sensors):
                self.sensors.append(self._add_sensor(number))
        except BaseException:
            self.close()
            raise

    def _enrol(self) -> None:
        own = self.authority.issue_gateway(GATEWAY)
        for name, text, mode in (
            ("ca.crt", self.authority.pem, 0o644),
            ("gateway.crt", own.certificate, 0o644),
            ("gateway.key", own.key, 0o600),
        ):
            (self.directory / name).write_text(text)
            (self.directory / name).chmod(mode)
        key = self.directory / "tls-crypt-v2-server.key"
        make_tls_crypt_server_key(key)
        self.door = MachinesDoor(
            self.folder,
            authority=self.authority,
            door=self.authority.issue("door", server=True),
            subject=GATEWAY,
            portal=self.portal,
            tls_crypt_key=key.read_bytes(),
        )
        self.open_door()
        (self.directory / "gateway.json").write_text(
            f'{{"subject": "{GATEWAY}", "machines_door_url": "https://127.0.0.1:{self.door.port}"}}'
        )

    def open_door(self) -> None:
        assert self.door
        self.door.open(lambda: enter_namespace(self.host))

    def close_door(self) -> None:
        assert self.door
        self.door.close()

    def _add_sensor(self, number: int) -> TunnelBox:
        subject = "s-sensoraaaaa" + "abcdefgh"[number]
        sensor = TunnelBox(number, subject, self.authority.issue(subject))
        sensor.host = self.network.add_host(f"s{number}", sensor.public_address)
        folder = self.folder / subject
        folder.mkdir()
        for name, text in (
            ("ca.crt", self.authority.pem),
            ("client.crt", sensor.issued.certificate),
            ("client.key", sensor.issued.key),
            ("client.conf", CLIENT_CONF),
        ):
            (folder / name).write_text(text)
        make_tls_crypt_client_key(
            server_key=self.directory / "tls-crypt-v2-server.key", path=folder / "tls-crypt-v2.key"
        )
        return sensor

    def start_agent(self) -> subprocess.Popen[bytes]:
        self.agent = self.network.start(
            self.host,
            sys.executable,
            "-m",
            "gateway",
            "run",
            "--directory",
            str(self.directory),
            *self.agent_options,
            log=self.folder / "agent.log",
            cwd=CHECKOUT,
        )
        return self.agent

    def start_openvpn(self) -> None:
        """As a supervisor does: when server.conf is there."""
        wait_until((self.directory / "server.conf").exists, seconds=10, what="server.conf is written")
        self.openvpn = self.network.start(
            self.host,
            *self.openvpn_command,
            "--cd",
            str(self.directory),
            "--config",
            "server.conf",
            log=self.folder / "openvpn.log",
        )

    def start_openvpn_tcp(self) -> None:
        """The second one, as its own supervisor does."""
        wait_until((self.directory / "server-tcp.conf").exists, seconds=10, what="server-tcp.conf is written")
        self.openvpn_tcp = self.network.start(
            self.host,
            *self.openvpn_command,
            "--cd",
            str(self.directory),
            "--config",
            "server-tcp.conf",
            log=self.folder / "openvpn-tcp.log",
        )

    def connect(self, *sensors: TunnelBox) -> None:
        for sensor in sensors:
            sensor.process = self.network.start(
                sensor.host,
                *sensor.openvpn,
                "--cd",
                str(self.folder / sensor.subject),
                "--config",
                "client.conf",
                log=self.folder / f"{sensor.subject}.log",
            )

    def make_it_try_again(self, sensor: TunnelBox) -> None:
        """A killed session is noticed by its client after the keepalive's 20 s; this spares the wait."""
        assert sensor.process
        sensor.process.send_signal(signal.SIGUSR1)

    def start_all(self) -> None:
        """Agent, OpenVPN and every sensor, up to the portal's knowing of every session."""
        self.portal.want(*(sensor.allowed() for sensor in self.sensors), config=CONFIG)
        self.start_agent()
        self.start_openvpn()
        self.connect(*self.sensors)
        everybody = {sensor.subject for sensor in self.sensors}
        wait_until(lambda: self.portal.sessions() == everybody, seconds=20, what="all sessions are reported")

    def answers_ping(self, sensor: TunnelBox, *, seconds: int = 2) -> bool:
        """Whether it answers one of several pings."""
        with contextlib.suppress(RuntimeError):
            self.network.run(self.host, "ping", "-c1", "-i0.5", f"-w{seconds}", "-I", "tun0", sensor.address)
            return True
        return False

    def open_addresses(self) -> str:
        """As nft prints the set; nothing when there is none."""
        with contextlib.suppress(RuntimeError):
            return self.network.run(self.host, "nft", "list", "set", "inet", "nsmaas", "sensors")
        return ""

    def run_agent(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["ip", "netns", "exec", self.host, sys.executable, "-m", "gateway", *arguments]
        return subprocess.run(
            [*command, "--directory", str(self.directory)], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def kill_agent(self) -> None:
        assert self.agent
        os.kill(self.agent.pid, signal.SIGKILL)
        self.agent.wait()

    def close(self) -> None:
        if self.door:
            self.door.close()
        self.network.close()


def cut_and_wait(host: LoneGateway, sensor: TunnelBox) -> None:
    host.portal.want(sensor.cut())
    host.portal.wait_for_report(
        tells_of_ended_session(sensor.subject),
        seconds=10,
        what="the cut",
        after=len(host.portal.reports),
    )


def handshakes(host: LoneGateway, sensor: TunnelBox) -> int:
    """How often OpenVPN let it in: one for a session that never dropped."""
    return host.log_of("openvpn").count(f"[{sensor.subject}] Peer Connection Initiated")
