"""Full disks: the gateway's locks that need none close all the same, and the portal does nothing by halves."""

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.laboratory import Laboratory
from lab.waiting import wait_until
from tests.support.gateway.lone_gateway import LoneGateway
from tests.support.scene import Person
from tests.support.servers import Servers

pytestmark = [pytest.mark.root, pytest.mark.each_database]


@contextmanager
def small_disk(folder: Path, *, megabytes: int, files: int = 0) -> Iterator[Path]:
    """`files` 0: as many as it has room for."""
    folder.mkdir(exist_ok=True)
    size = ("-t", "tmpfs", "-o", f"size={megabytes}m,nr_inodes={files},mode=0755", "tmpfs")
    subprocess.run(["mount", *size, str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Down to the last block and, where their number is bounded, the last file; what becomes free is taken at once."""
    plugs, ended = disk / "plugs", threading.Event()
    plugs.mkdir()

    def fill() -> None:
        numbers = itertools.count()
        with (plugs / "large").open("wb", buffering=0) as file:
            while not ended.is_set():
                for size in (1024 * 1024, 4096, 1):
                    with contextlib.suppress(OSError):
                        while not ended.is_set():
                            file.write(b"\0" * size)
                with contextlib.suppress(OSError):
                    for _ in range(1000):
                        (plugs / str(next(numbers))).touch()
                is_full.set()
                ended.wait(0.002)

    is_full = threading.Event()
    filler = threading.Thread(target=fill)
    filler.start()
    try:
        assert is_full.wait(60)
        yield
    finally:
        ended.set()
        filler.join()
        shutil.rmtree(plugs)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LoneGateway]:
    with small_disk(tmp_path / "disk", megabytes=4, files=300) as disk:
        made = LoneGateway(disk, sensors=2)
        made.agent_options = ["--snapshot-interval", "2"]
        try:
            made.start_all()
            yield made
        finally:
            made.close()


def test_a_full_disk_at_the_gateway_stops_no_cut_and_is_told(host: LoneGateway):
    stolen, other = host.sensors
    with filled(host.folder):
        host.portal.want(stolen.cut())
        report, _ = host.portal.wait_for_report(
            lambda one: [cut for cut in one["cuts"] if cut["session_gone"] and cut["firewall_closed"]],
            seconds=15,
            what="the session's end",
        )
        codes = {problem["code"] for problem in report["problems"]}
        assert codes & {"disk-failed", "state-not-saved"}, codes
        assert not host.answers_ping(stolen)
        assert host.answers_ping(other)
        assert stolen.address not in host.open_addresses()
    # With room again it finishes and says so: the serial is refused, and the state is on the disk.
    host.portal.wait_for_report(
        lambda one: one["generation"] >= 2 and not one["problems"], seconds=20, what="all is well again"
    )
    assert (host.directory / "crl" / stolen.serial).exists()
    assert stolen.serial in (host.directory / "state.json").read_text() + journal(host)


def journal(host: LoneGateway) -> str:
    path = host.directory / "state.journal"
    return path.read_text() if path.exists() else ""


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Laboratory, Path]]:
    """The portal alone, with all it writes on a disk of 100 MB: state, SQLite or PostgreSQL, logs and mails."""
    place = Path(tempfile.mkdtemp(prefix="nsm-disk-"))
    place.chmod(0o755)
    try:
        with small_disk(place, megabytes=100) as disk:
            disk.chmod(0o755)
            monkeypatch.setattr(tempfile, "tempdir", str(disk))
            servers = Servers() if os.environ.get("DATABASE_URL", "").startswith("postgresql:") else None
            try:
                urls = (servers.database_url, servers.broker_url) if servers else (None, None)
                with Laboratory(network=False, database_url=urls[0], broker_url=urls[1], people_port=8700) as lab:
                    lab.start()
                    yield lab, disk
            finally:
                if servers is not None:
                    servers.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_a_full_disk_at_the_portal_leaves_a_report_undone_or_whole(portal: tuple[Laboratory, Path]):
    lab, disk = portal
    login = next(login for login in lab.fleet.logins if login.email.startswith("anna@"))
    anna = Person(lab.portal.settings.base_url)
    anna.sign_in(login.email, login.password)
    sensors = [sensor["id"] for sensor in anna.json("/api/v1/sensors/")["results"]]

    def report(sensor: str) -> str:
        try:
            return str(anna.send(f"/api/v1/sensors/{sensor}/report-loss/", kind="stolen")["id"])
        except urllib.error.HTTPError as error:
            return str(error.code)
        except OSError:
            return "no answer"

    with filled(disk):
        told = report(sensors[0])
    assert len(told) == 36 or told in {"500", "502", "503", "no answer"}
    case = wait_until(
        lambda: answer if len(answer := report(sensors[0])) == 36 else None,
        what="the report to be taken with room again",
        timeout=60,
        interval=0.5,
    )
    if len(told) == 36:
        assert case == told
    measures = {one["kind"]: one["done_at"] for one in anna.json(f"/api/v1/cases/{case}/")["measures"]}
    assert measures["key-withheld"]
    assert measures["certificate-revoked"]
    assert len(anna.json("/api/v1/cases/")["results"]) == 1
    assert anna.json(f"/api/v1/sensors/{sensors[1]}/")["state"] == "registered"
    assert all(line.endswith("unbroken") for line in lab.portal.manage("verify_audit").splitlines())
