"""`kill -9` of each program between a report's commit and its effect: the cut-off completes by itself, and stays."""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass

import pytest

from lab.waiting import wait_until
from tests.support.scene import Scene
from tests.support.soaking import note, rounds

pytestmark = [pytest.mark.root, pytest.mark.each_database, pytest.mark.xdist_group("laboratory")]

MACHINES = ("machines-sensors", "machines-gateways", "machines-reports")
EMBEDDED = ("people", *MACHINES, "signer", "worker", "beat", "agent", "openvpn")
SERVERS = ("postgres", "redis")
LONGEST_DELAY = 0.3


def victims() -> tuple[str, ...]:
    """With the embedded default there is no server to kill."""
    return (*EMBEDDED, *SERVERS) if os.environ.get("DATABASE_URL", "").startswith("postgresql:") else EMBEDDED


@dataclass(frozen=True)
class Round:
    """`seconds` from the POST to the case that says cut off."""

    seconds: float
    asked: int


def steal_and_kill(scene: Scene, name: str) -> Round:
    box = scene.new_box()
    before = scene.starts_of_others()
    delay = random.random() * LONGEST_DELAY  # noqa: S311  # not a secret
    killer = threading.Timer(delay, scene.kill, [name])
    with scene.asking(box) as asker:
        # It does get its key up to the report; else there would be nothing to withhold.
        asker.wait_until_given()
        began = time.monotonic()
        killer.start()
        case, answered = scene.report(box)
        killer.join()
        scene.wait_until_confirmed(case)
        seconds = time.monotonic() - began
    told = f"{name} killed {delay * 1000:.0f} ms after the POST"
    assert asker.given_after(answered) == [], told
    assert scene.open_locks(box) == [], told
    scene.wait_until_all_is_up()
    assert scene.key_reason_from_base(box) == "case-open", told
    if name == "openvpn":
        # All sessions went with it. Keepalive lets the clients notice, and everybody else comes back.
        for other in ("a2", "b1", "b2"):
            make_it_notice(scene, other)
        wait_until(lambda: not scene.silent_others(), what="the others to be back", timeout=60)
    else:
        assert scene.starts_of_others() == before, told
    assert scene.silent_others() == {}, told
    opened = scene.rows(f"SELECT count(*) FROM tenants_auditentry WHERE action='case:open' AND subject='case:{case}'")  # noqa: S608
    observed = scene.rows(
        f"SELECT count(*) FROM tenants_auditentry WHERE action='case:measure:observed' AND subject='case:{case}'"  # noqa: S608
    )
    assert (opened, observed) == ([(1,)], [(2,)]), told
    return Round(seconds, len(asker.asked))


def make_it_notice(scene: Scene, name: str) -> None:
    openvpn = scene.lab.sensors[name].openvpn
    assert openvpn is not None
    os.kill(openvpn.pid, signal.SIGUSR1)


@pytest.mark.parametrize("name", victims())
def test_a_cut_off_survives_the_end_of(scene: Scene, name: str):
    done = [steal_and_kill(scene, name) for _ in range(rounds(suite=1, soak=20))]
    times = sorted(one.seconds for one in done)
    note(
        f"kill -9 of {name} ({'PostgreSQL' if scene.servers else 'SQLite'})",
        f"{len(done)} rounds, 0 un-cut; POST to cut off: median {times[len(times) // 2]:.1f} s, "
        f"worst {times[-1]:.1f} s; {sum(one.asked for one in done)} key requests, no key after the report's answer",
    )


def test_afterwards_every_stolen_box_is_still_locked_out(scene: Scene):
    """Whatever was killed in between: the locks of all rounds hold, in the database and on the gateway."""
    assert scene.reported
    assert [scene.open_locks(box, ping=False) for box in scene.reported] == [[]] * len(scene.reported)
    subjects = ", ".join(f"'{box.subject}'" for box in scene.reported)
    valid = scene.rows(
        "SELECT c.serial FROM pki_certificate c LEFT JOIN pki_revocation r ON r.certificate_id = c.id "  # noqa: S608
        f"WHERE c.subject IN ({subjects}) AND r.id IS NULL"
    )
    assert valid == []
    states = scene.rows(f"SELECT DISTINCT state FROM sensors_sensor WHERE subject IN ({subjects})")  # noqa: S608
    assert states == [("cut-off",)]


def test_afterwards_every_audit_chain_verifies_and_every_mail_is_sent(scene: Scene):
    lines = scene.lab.portal.manage("verify_audit").splitlines()
    assert len(lines) == 3
    assert all(line.endswith("unbroken") for line in lines)
    deadline = time.monotonic() + 60
    while waiting := scene.rows("SELECT recipient, last_error FROM notices_mail WHERE sent_at IS NULL"):
        assert time.monotonic() < deadline, waiting
        time.sleep(0.5)
    cases = scene.rows("SELECT count(*) FROM sensors_case")
    assert cases == [(len(scene.reported),)]
