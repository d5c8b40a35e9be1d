"""The portal's host is lost and comes back from a backup: what was cut off since stays cut off, and gets no key."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from lab.waiting import wait_until
from tests.support.scene import Scene

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("laboratory")]

TOLD = "SELECT count(*) FROM pki_recalledserials"


def lose_database(scene: Scene) -> None:
    """While the portal is down: as a new host has it."""
    if scene.servers is None:
        for file in scene.lab.portal.settings.state.glob("portal.sqlite3*"):
            file.unlink()
        return
    url = scene.servers.database_url.replace("/postgres?", "/template1?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE postgres WITH (FORCE)")
        connection.execute("CREATE DATABASE postgres TEMPLATE template0")


def test_a_box_reported_after_the_backup_stays_cut_off_and_gets_no_key(scene: Scene, tmp_path: Path):
    lab, manage = scene.lab, scene.lab.portal.manage
    identity, recipients = tmp_path / "identity", tmp_path / "recipients"
    made = subprocess.run(["age-keygen", "-o", identity], capture_output=True, text=True, check=True)
    recipients.write_text(made.stderr.rpartition(" ")[2])
    polite = lab.sensors["a2"]
    if not polite.disk.exists():
        polite.format_disk()
    stolen = scene.new_box()
    with scene.asking(stolen) as asker:
        asker.wait_until_given()
    keep = ("--configuration", str(lab.portal.settings.secrets.directory))
    manage("backup", str(tmp_path), "--recipients", str(recipients), *keep)
    [backup] = tmp_path.glob("*.nsm-backup")
    before = scene.starts_of_others()

    case, _ = scene.report(stolen)
    scene.wait_until_confirmed(case)
    with scene.portal_down():
        lose_database(scene)
        manage("restore", str(backup), "--identity", str(identity), *keep)
    scene.reported.remove(stolen)
    assert scene.rows(f"SELECT state FROM sensors_sensor WHERE subject='{stolen.subject}'") == [("in-service",)]  # noqa: S608

    with scene.asking(stolen) as asker:
        assert stolen.openvpn is not None
        os.kill(stolen.openvpn.pid, signal.SIGUSR1)
        wait_until(lambda: scene.rows(TOLD)[0][0] >= 1, what="the gateway to tell what it knows", timeout=120)
        assert scene.open_locks(stolen) == []
        # Around the tunnel: before it is settled, and, for a box that nobody has reported, too.
        assert scene.key_reason_from_base(stolen) == "not-through-own-tunnel"
        assert polite.unlock("--test", "--wait", "2").status != 0
        said = manage("settle_restoration")
        assert stolen.subject in said
        assert "Keys are held" in said
        manage("settle_restoration", "--settle")
        wait_until(
            lambda: scene.key_reason_from_base(stolen) == "certificate-revoked",
            what="the portal to know the revocation again",
            timeout=30,
        )
        assert scene.open_locks(stolen) == []
    assert {status for _, status in asker.asked} == {"000"}
    assert scene.starts_of_others() == before
    assert scene.silent_others() == {}
    assert "the key open" in polite.prove_unlock()
    # Those who were signed in sign in again: the next tests go on with them.
    scene.staff, scene.contact = scene.person("olga@"), scene.person("anna@")
