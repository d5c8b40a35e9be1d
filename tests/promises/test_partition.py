"""The gateway cut off from the portal, the portal gone, the portal back with yesterday's database."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.sensors import SensorBox
from lab.waiting import wait_until
from tests.support.scene import Scene
from tests.support.soaking import note

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("laboratory")]

UNREACHABLE = 12  # the kit's exit code
# A table of its own: the agent looks after the other one. Both ways, as a broken cable would have it.
WALL = """
table inet partition {
  chain out {
    type filter hook output priority 0;
    ip daddr 10.20.0.10 tcp dport 8443 drop
  }
  chain in {
    type filter hook input priority 0;
    ip saddr 10.20.0.10 tcp sport 8443 drop
  }
}
"""
ESCALATE = (
    "from datetime import timedelta; from sensors.cases.operations import escalate_cases as e; "
    "e.PATIENCE = timedelta(0); print(e.escalate_cases())"
)


@contextmanager
def agent_cut_off(scene: Scene) -> Iterator[None]:
    """Packets of the sensors go on through the gateway; those of its own agent to the portal do not."""
    gateway = scene.lab.host("gw")
    gateway.run("nft", "-f", "-", given=WALL)
    try:
        yield
    finally:
        gateway.run("nft", "delete", "table", "inet", "partition")


def mails_about(scene: Scene, words: str) -> list[str]:
    texts = [path.read_text() for path in (scene.lab.portal.settings.state / "mail").glob("*")]
    return [text for text in texts if words in text]


def connect_anew(box: SensorBox) -> None:
    assert box.openvpn is not None
    os.kill(box.openvpn.pid, signal.SIGUSR1)


def test_a_gateway_that_is_cut_off_is_named_and_people_are_asked_and_the_case_turns_by_itself(scene: Scene):
    box, before = scene.new_box(), scene.starts_of_others()
    with scene.asking(box) as asker:
        asker.wait_until_given()
        with agent_cut_off(scene):
            case, answered = scene.report(box)
            pending = [one for one in scene.case(case)["measures"] if one["done_at"] is None]
            assert {(one["kind"], one["gateway"]) for one in pending} == {
                ("session-ended", "gateway-1"),
                ("firewall-closed", "gateway-1"),
            }
            page = scene.contact.get(f"/cases/{case}/")
            assert "Being cut off" in page
            assert "for the report of gateway gateway-1, last heard of at" in page
            assert scene.lab.portal.manage("shell", "--verbosity", "0", "-c", ESCALATE).strip() == "1"
            wait_until(
                lambda: [mail for mail in mails_about(scene, f"/cases/{case}/") if "gateway-1" in mail],
                what="a mail that names the gateway",
                timeout=30,
                interval=0.2,
            )
            assert scene.case(case)["confirmed_at"] is None
        back = time.monotonic()
        scene.wait_until_confirmed(case)
    note("the agent back after a partition", f"the case turned after {time.monotonic() - back:.1f} s")
    assert asker.given_after(answered) == []
    assert scene.open_locks(box) == []
    assert scene.starts_of_others() == before


def test_while_the_portal_is_down_tunnels_and_reconnects_go_on_and_no_cut_is_lost(scene: Scene):
    box, polite = scene.new_box(), scene.lab.sensors["a2"]
    polite.format_disk()
    case, answered = scene.report(box)
    with scene.portal_down():
        began = time.monotonic()
        assert scene.silent_others() == {}
        connect_anew(scene.lab.sensors["b1"])
        wait_until(
            lambda: scene.lab.ping("base", scene.lab.sensors["b1"].address),
            what="a box to connect anew",
            timeout=30,
        )
        log = scene.lab.directory.logs / "nginx-sensors-access.log"
        asked = log.read_text().count("/v1/disk-key")
        answer = polite.unlock("--test", "--wait", "6")
        assert answer.status == UNREACHABLE, answer.output
        # Asked at once and then after about 1, 2 and 4 seconds: nobody has to wait for it when all come back.
        assert 1 <= log.read_text().count("/v1/disk-key") - asked <= 5
        down = time.monotonic() - began
    scene.wait_until_confirmed(case)
    assert scene.open_locks(box) == []
    assert scene.key_reason_from_base(box) == "case-open"
    assert "the key open" in polite.prove_unlock()
    assert scene.silent_others() == {}
    note("the portal down", f"for {down:.0f} s; reconnects went on, the cut was completed when it was back")
    assert answered < began + 60


def test_a_database_from_before_the_report_brings_nothing_back(scene: Scene):
    """The portal has forgotten the theft; the gateway has not."""
    box, before = scene.new_box(), scene.starts_of_others()
    with scene.portal_down():
        yesterday = scene.copy_database()
    case, _ = scene.report(box)
    scene.wait_until_confirmed(case)
    with scene.portal_down():
        scene.put_database_back(yesterday)
    scene.reported.remove(box)
    assert scene.rows(f"SELECT state FROM sensors_sensor WHERE subject='{box.subject}'") == [("in-service",)]  # noqa: S608
    # What the portal is told by a gateway that knows more than it does.
    wait_until(
        lambda: scene.rows("SELECT id FROM tenants_auditentry WHERE action='gateway:ahead-of-portal'"),
        what="the portal to notice that it is behind",
        timeout=90,
    )
    with scene.asking(box) as asker:
        connect_anew(box)
        end = time.monotonic() + 6
        while time.monotonic() < end:
            assert scene.open_locks(box) == []
    assert {status for _, status in asker.asked} == {"000"}
    assert scene.starts_of_others() == before
    assert scene.silent_others() == {}
