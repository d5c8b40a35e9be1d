"""A second gateway, enrolled and with a good certificate, that claims another gateway's box as its own."""

import json
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from lab.gateway import GatewayHost
from lab.topology import BASE_INSIDE, SITES
from tests.support.scene import Scene

NAME = "gateway-crossing"
LAST_REPORTS = (
    "SELECT name, last_sequence FROM sensors_gateway JOIN sensors_gatewaycontact ON gateway_id = sensors_gateway.id"
)


def enrol_other_gateway(scene: Scene) -> GatewayHost:
    lab, portal = scene.lab, scene.lab.portal
    portal.manage("register_gateway", NAME, "198.51.100.9", "10.77.0.0/16", "--base-network", "10.20.0.0/24")
    other = GatewayHost(
        host=lab.host("gw"),
        directory=lab.directory.subdirectory("other-gateway", mode=0o755),
        processes=lab.processes,
        portal_url=lab.gateway._portal_url,
        ca_file=lab.certificates / "ca.crt",
    )
    other.enrol(portal.manage("issue_gateway_code", NAME).strip())
    return other


@contextmanager
def claiming(scene: Scene, other: GatewayHost, subject: str, address: str) -> Iterator[Counter[str]]:
    """It reports the box's session again and again, and answers questions that were put to others. Counts answers."""
    told, ending = Counter[str](), threading.Event()
    session = {
        "subject": subject,
        "public_address": SITES["site-a"],
        "underlay_address": address,
        "client": 1,
    }

    def go_on() -> None:
        while not ending.is_set():
            [(last,)] = scene.rows("SELECT coalesce(max(id), 0) FROM sensors_sessionquestion")
            sequence = max((each for name, each in scene.rows(LAST_REPORTS) if name == NAME), default=0)
            up = {**session, "since": "2026-01-01T00:00:00Z", "serial": None, "bytes_received": 1, "bytes_sent": 1}
            report = {
                "sequence": int(sequence) + 1,
                "generation": 1,
                "agent_version": "0",
                "openvpn_version": "0",
                "sessions": {"full": True, "up": [up], "down": []},
                "cuts": [],
                "sightings": [],
                "problems": [],
            }
            told["report " + _post(scene, other, "observed", report)] += 1
            claims = [
                {"number": int(last) + ahead, "sessions": [{**session, "age_ms": 3_600_000, "earlier": []}]}
                for ahead in range(4)
            ]
            told["answer " + _post(scene, other, "session-questions", {"answers": claims})] += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield told
    finally:
        ending.set()
        thread.join()


def _post(scene: Scene, other: GatewayHost, call: str, body: dict[str, object]) -> str:
    files = {"--cert": "gateway.crt", "--key": "gateway.key", "--cacert": "ca.crt"}
    command = [
        *("curl", "--silent", "--max-time", "5", "--output", "/dev/null", "--write-out", "%{http_code}"),
        *(word for option, name in files.items() for word in (option, str(other.directory / name))),
        *("--header", "Content-Type: application/json", "--data-binary", "@-"),
        f"https://{BASE_INSIDE}:8443/v1/gateway/{call}",
    ]
    done = subprocess.run(
        other.host.enter(command), input=json.dumps(body), capture_output=True, text=True, timeout=20, check=False
    )
    return done.stdout
