"""A gateway in the wrong hands pushes options to every box that connects, and OpenVPN there applies them as root."""

from pathlib import Path

import pytest

from sensors.artifacts.openvpn import client_conf
from tests.support.gateway.configurations import CONFIG, GATEWAY, PUBLIC_ADDRESS
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.sensors.artifact_facts import gateway_facts, sensor_facts
from tests.support.waiting import wait_until

pytestmark = pytest.mark.root

PUSHED = [
    "redirect-gateway def1",
    "dhcp-option DNS 192.0.2.53",
    "ping-exit 1",
    "route-ipv6 2000::/3",
    "block-ipv6",
    "explicit-exit-notify 2",
    "sndbuf 1",
]


def test_a_box_takes_the_routes_to_base_and_nothing_that_it_was_not_enrolled_for(tmp_path: Path) -> None:
    host = LoneGateway(tmp_path, sensors=1)
    [sensor] = host.sensors
    try:
        (host.folder / sensor.subject / "client.conf").write_text(
            client_conf(sensor_facts(gateway=gateway_facts(subject=GATEWAY, host=PUBLIC_ADDRESS)))
        )
        host.network.run(sensor.host, "ip", "route", "add", "default", "via", PUBLIC_ADDRESS)
        host.portal.want(sensor.allowed(), config=CONFIG)
        host.start_agent()
        server_conf = host.directory / "server.conf"
        wait_until(server_conf.exists, seconds=10, what="server.conf is there")
        # The gateway's own root changes what the agent has checked.
        pushed = "".join(f'push "{option}"\n' for option in ["route 10.20.0.0 255.255.255.0", *PUSHED])
        server_conf.write_text(server_conf.read_text() + pushed)
        host.start_openvpn()
        host.connect(sensor)
        done = "Initialization Sequence Completed"
        wait_until(lambda: done in host.log_of(sensor.subject), seconds=20, what="the tunnel is up")
        routes = host.network.run(sensor.host, "ip", "route")
        assert "10.20.0.0/24 via 10.88.0.1 dev tun0" in routes
        assert "0.0.0.0/1" not in routes
        assert "128.0.0.0/1" not in routes
        log = host.log_of(sensor.subject)
        assert [option for option in PUSHED if f"Pushed option removed by filter: '{option}'" not in log] == []
    finally:
        host.close()
