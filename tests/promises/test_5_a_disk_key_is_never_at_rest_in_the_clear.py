"""Promise 5, and its like for the CA's key, codes, passwords and sessions: looked for everywhere they could lie.

In the real laboratory, after boxes have enrolled, opened disks and been reported. The same search must find what was
planted on purpose: in a file, a page, the audit trail, a message and a process.
"""

import re
import secrets
import sqlite3
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from lab.sensors import SensorBox
from tests.support.scene import Scene
from tests.support.searching import Search, processes_of

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("laboratory")]

PLANTED = secrets.token_bytes(32)
ADMIN_PAGES = (
    *("sensors/sensor", "sensors/case", "sensors/gateway", "tenants/customer", "tenants/site"),
    *("tenants/person", "tenants/auditentry", "notices/mail"),
)


@dataclass
class Known:
    """What is looked for. A code and a session pass through the people's door, so its memory may hold these."""

    everywhere: dict[str, bytes | str]
    in_transit: dict[str, bytes | str]
    box: SensorBox

    @property
    def all(self) -> dict[str, bytes | str]:
        return {**self.everywhere, **self.in_transit, "planted": PLANTED}


@pytest.fixture(scope="module")
def known(scene: Scene) -> Known:
    portal, box = scene.lab.portal, scene.new_box()
    box.format_disk()
    script = (
        "from pki.escrow.vault import open_disk_keys as o; import sys; sys.stdout.write(o(subjects=[%r])[%r].hex())"
    )
    shown = portal.manage("shell", "--verbosity", "0", "-c", script % (box.subject, box.subject), process="machines")
    kept = portal.settings.secrets
    ca = load_pem_private_key(kept.ca_key.read_bytes(), kept.ca_passphrase.read_bytes().strip())
    assert isinstance(ca, ec.EllipticCurvePrivateKey)
    everywhere: dict[str, bytes | str] = {
        "disk key": bytes.fromhex(shown.strip()),
        "CA key": ca.private_numbers().private_value.to_bytes(ca.key_size // 8, "big"),
        "CA key, PKCS #8": ca.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        "CA passphrase": kept.ca_passphrase.read_text().strip(),
        "key-encryption key": kept.key_encryption_key.read_text().strip(),
    }
    login = next(login for login in scene.lab.fleet.logins if login.email.startswith("anna@"))
    in_transit: dict[str, bytes | str] = {
        "enrolment code": box.facts.code,
        "enrolment code without dashes": box.facts.code.replace("-", ""),
        "session cookie": scene.contact.cookie("sessionid"),
        "password": login.password,
    }
    case, _ = scene.report(box)
    scene.wait_until_confirmed(case)
    return Known(everywhere, in_transit, box)


@pytest.fixture(scope="module")
def planted(scene: Scene, known: Known) -> Iterator[Path]:
    """In the database and its audit trail, by way of a site's name; in a file of the run; in a broker's message."""
    customer = next(one for one in scene.staff.json("/api/v1/customers/")["results"] if one["slug"] == "harbour")
    scene.staff.send(
        "/api/v1/sites/", customer=customer["id"], name=PLANTED.hex(), expected_networks=["198.51.100.21/32"]
    )
    path = scene.lab.directory.path / "planted"
    path.write_bytes(b"before" + PLANTED + b"after")
    messages = scene.lab.portal.settings.state / "broker" / "messages"
    if scene.servers is None:
        (messages / "0_planted.nobody.msg").write_bytes(PLANTED.hex().encode())
    else:
        with redis.Redis(unix_socket_path=str(scene.servers.folder / "redis.sock")) as client:
            client.lpush("nobody", PLANTED.hex())
    yield path
    path.unlink()
    (messages / "0_planted.nobody.msg").unlink(missing_ok=True)


def own_secrets(scene: Scene) -> list[Path]:
    """Where the operator has put them: each alone in a file that one user can read."""
    kept = scene.lab.portal.settings.secrets
    return [kept.ca_passphrase, kept.key_encryption_key]


def test_no_file_of_any_program_holds_a_secret(scene: Scene, known: Known, planted: Path):
    """State, logs, broker, mails, SQLite's files or PostgreSQL's with its log, the gateway's and the boxes' folders."""
    folders = [scene.lab.directory.path]
    if scene.servers is not None:
        with redis.Redis(unix_socket_path=str(scene.servers.folder / "redis.sock")) as client:
            client.config_set("rdbcompression", "no")
            client.save()
        folders.append(scene.servers.folder)
    found = Search(known.all).in_files(folders, but=own_secrets(scene))
    assert {name for name, _ in found} == {"planted"}, {where for name, where in found if name != "planted"}
    places = {Path(where).name for _, where in found}
    assert "planted" in places
    # The planted name went through the database and the broker, and was found in both.
    assert places & ({"dump.rdb"} if scene.servers else {"0_planted.nobody.msg"})
    assert any("sqlite3" in place or place.isdigit() or len(place) == 24 for place in places), places


def test_neither_a_dump_nor_an_export_of_the_audit_trail_holds_one(scene: Scene, known: Known, planted: Path):
    search, portal = Search(known.all), scene.lab.portal
    exports = [portal.manage("export_audit", chain) for chain in ("provider", "harbour", "meadow")]
    assert search.in_bytes("".join(exports).encode()) == {"planted"}
    assert search.in_bytes(dump(scene)) == {"planted"}


def dump(scene: Scene) -> bytes:
    if scene.servers is not None:
        return subprocess.run(["pg_dump", scene.servers.database_url], capture_output=True, check=True).stdout
    with sqlite3.connect(scene.lab.portal.settings.database_url.removeprefix("sqlite://")) as connection:
        return "\n".join(connection.iterdump()).encode()


def test_no_process_but_those_that_must_has_a_key_in_its_memory(scene: Scene, known: Known):
    """As a core dump would show it. The machines' door has handed the disk key out and the signer holds the CA's."""
    agent = scene.lab.gateway.agent
    assert agent is not None
    running = {**scene.lab.portal.running, "agent": agent}
    search = Search(known.everywhere)
    found = {
        name: set().union(*(search.in_memory(pid) for pid in processes_of(process.pid)))
        for name, process in running.items()
    }
    openvpn = scene.lab.gateway.openvpn
    assert openvpn is not None
    found["openvpn"] = search.in_memory(openvpn.pid)
    for innocent in ("people", "worker", "beat", "agent", "openvpn"):
        assert found[innocent] == set(), innocent
    of_gateways = found["machines-gateways"] | found["machines-reports"]
    assert not {"CA key", "CA key, PKCS #8", "CA passphrase"} & (found["machines-sensors"] | of_gateways)
    assert "disk key" not in found["signer"] | of_gateways
    # The search does see into other processes: these two need the key-encryption key to work.
    assert "key-encryption key" in found["signer"]
    assert "key-encryption key" in found["machines-sensors"]


def test_the_search_sees_a_secret_in_the_memory_of_a_process():
    script = "import sys; kept = bytes.fromhex(sys.stdin.readline()); print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(PLANTED.hex() + "\n")
        process.stdin.flush()
        process.stdout.readline()
        assert Search({"planted": PLANTED}).in_memory(process.pid) == {"planted"}
        process.stdin.close()


def test_no_page_shows_one_not_even_when_it_fails(scene: Scene, known: Known, planted: Path):
    search = Search({name: secret for name, secret in known.all.items() if name != "session cookie"})
    found = set()
    for path in pages(scene):
        found |= {(name, path) for name in search.in_bytes(answer(scene, path))}
    assert {name for name, _ in found} == {"planted"}
    assert "/admin/tenants/site/" in {path for _, path in found}


def pages(scene: Scene) -> list[str]:
    """The admin's lists and one of each, what people see, and addresses that are not there."""
    lists = [f"/admin/{name}/" for name in ADMIN_PAGES]
    details = []
    for path in lists:
        links = re.findall(rf'href="({path}[0-9a-f-]+/change/)', answer(scene, path).decode())
        details += links[:3]
    sensor = scene.staff.json("/api/v1/sensors/")["results"][0]["id"]
    people = ["/", "/sensors/", "/cases/", "/decisions/", "/records/", f"/sensors/{sensor}/"]
    people += [f"/api/v1/{name}/" for name in ("sensors", "cases", "gateways")]
    wrong = ["/nowhere/", f"/sensors/{sensor}/x", "/api/v1/nowhere/", "/admin/sensors/sensor/0/change/", "/?q=%00"]
    return [*lists, *details, *people, *wrong]


def answer(scene: Scene, path: str) -> bytes:
    try:
        return scene.staff.get(path).encode()
    except urllib.error.HTTPError as error:
        return error.read()


def test_a_boxs_own_folder_holds_no_disk_key_and_its_private_key_lies_nowhere_else(scene: Scene, known: Known):
    """Promise 4 as well: what a box has made for itself is on the box alone."""
    private = load_pem_private_key((known.box.directory / "client.key").read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    own = private.private_numbers().private_value.to_bytes(private.key_size // 8, "big")
    folders = [scene.lab.directory.path, *([scene.servers.folder] if scene.servers else [])]
    found = {Path(where) for _, where in Search({"private key": own}).in_files(folders)}
    assert found == {known.box.directory / "client.key"}
