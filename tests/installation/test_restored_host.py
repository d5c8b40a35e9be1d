"""The portal's host is gone. A bare one becomes the portal by the commands of docs/operators/restore.md.

What was cut off stays cut off, and the keys of boxes that came after the backup are there. The hosts share a disk of
somebody else's (/mnt/safe), and what people keep elsewhere (/srv/elsewhere); nothing more. Each test builds on those
before.
"""

import platform
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.installation.built_packages import built_packages
from tests.support.installation.documented import documented
from tests.support.installation.host_scene import evaluate_there
from tests.support.installation.portal_machine import ADDRESS, ADMINISTRATOR, PortalMachine, portal_machine
from tests.support.installation.signed_repository import signed_repository
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
SET_UP = (
    f"nsm-portal setup --name portal.example.org --machines-address {ADDRESS} --gateways 10.20.0.1"
    f" --certificate self-signed --administrator {ADMINISTRATOR}"
)
NO_BACKUP = "There is no backup of this portal"
BRING_IDENTITIES = "install -m 600 /srv/elsewhere/*-identity /run; cp /srv/elsewhere/key-copy.age /root"
LENT = "/run/nsm-portal-restore"
RECOVERS = "/var/lib/postgresql/*/main/recovery.signal"


@dataclass
class Story:
    work: Path
    repository: Path
    # Subject and one-time code of a box.
    early: tuple[str, str] = ("", "")
    late: tuple[str, str] = ("", "")
    new: tuple[str, str] = ("", "")
    key_of_new: str = ""
    secret: str = ""

    @property
    def safe(self) -> Path:
        return self.work / "safe"

    @contextmanager
    def host(self, name: str, after: str = "") -> Iterator[PortalMachine]:
        binds = {
            self.repository: "/srv/nsm",
            self.safe: "/mnt/safe",
            self.work / "elsewhere": "/srv/elsewhere",
        }
        before = self.work / after if after else None
        with portal_machine(HERE, self.work / name, binds=binds, after=before) as machine:
            yield machine


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A host with the package and nothing else, from which both begin: the lost one, and each that takes its place."""
    work = tmp_path_factory.mktemp("hosts")
    for name in ("safe", "elsewhere"):
        (work / name).mkdir()
    debs = built_packages(HERE)
    with signed_repository(HERE, debs, work) as repository:
        made = Story(work, repository.folder)
        with made.host("bare") as machine:
            line = f"deb [signed-by=/srv/nsm/nsm-archive-key.asc] file:/srv/nsm {HERE} main"
            machine.shell(f"echo '{line}' > /etc/apt/sources.list.d/nsm.list; apt-get update")
            machine.shell(documented("restore", "restore-install").commands)
            machine.shell("systemctl stop postgresql redis-server; sync")
        yield made


def test_a_portal_whose_backups_are_on_another_disk(story: Story):
    elsewhere = story.work / "elsewhere"
    subprocess.run(["sh", "-ec", documented("backup", "backup-keys").commands], cwd=elsewhere, check=True)
    with story.host("lost", after="bare") as machine:
        said = machine.shell(SET_UP)
        assert NO_BACKUP in said
        machine.shell("systemctl start nsm-portal-backup")
        assert NO_BACKUP in machine.log_of("nsm-portal-backup")
        [link] = re.findall(r"https://portal\.example\.org/accounts/\S+", said)
        _, story.secret = machine.sign_in(link)
        boxes = evaluate_there(machine, "seed()")
        story.early, story.late, story.new = boxes[:3]
        evaluate_there(machine, "[enrol(early), enrol(late), report(early)]", early=story.early, late=story.late)
        machine.shell("cp /srv/elsewhere/*-recipients /var/tmp")
        machine.follow(documented("backup", "backup-setup"))
        machine.follow(documented("backup", "key-copy"))
        machine.shell("cp /root/key-copy.age /srv/elsewhere")

        # From now on there is no other backup.
        what = "[enrol(new), report(late), published_list()]"
        story.key_of_new, _, crl = evaluate_there(machine, what, late=story.late, new=story.new)
        (elsewhere / "underlay.crl").write_bytes(bytes.fromhex(crl))
        assert_that_a_failing_archive_is_told(story, machine)
        machine.shell("install -m 600 /srv/elsewhere/*-identity /run")
        machine.follow(documented("backup", "backup-prove"))


def assert_that_a_failing_archive_is_told(story: Story, machine: PortalMachine) -> None:
    """Its disk is away for a while; then it goes on by itself."""
    [folder] = (story.safe / "wal").iterdir()
    away = folder.rename(story.safe / "away")
    end_a_file(machine)
    check = "nsm-portal manage check_backups /mnt/safe/backups"
    wait_until(lambda: "archiving of WAL fails since" in machine.try_shell(check)[1], seconds=20, what="it to be told")
    away.rename(folder)
    # The archiver waits for a minute, or for the next one.
    ended = end_a_file(machine)
    wait_until(lambda: list(folder.glob(f"{ended}.*.wal")), seconds=30, what=f"{ended} to be archived")
    assert machine.shell(check) == ""


def end_a_file(machine: PortalMachine) -> str:
    """As within a minute it is by itself."""
    ask_postgresql = "runuser -u postgres -- psql -Atc"
    machine.shell(f"{ask_postgresql} \"SELECT pg_create_restore_point('test')\"")
    return machine.shell(f"{ask_postgresql} 'SELECT pg_walfile_name(pg_switch_wal())'").strip()


def test_nothing_that_left_the_host_is_readable_or_half_there(story: Story):
    files = [path for path in story.safe.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".nsm-backup", ".base", ".wal"}
    for path in files:
        assert path.read_bytes().startswith(b"age-encryption.org/v1"), path
        assert path.stat().st_mode & 0o077 == 0


def test_from_the_archived_wal_comes_all_that_is_newer_than_the_backup(story: Story):
    with story.host("second", after="bare") as machine:
        machine.shell(BRING_IDENTITIES)
        restore = documented("restore", "restore-wal")
        # The power goes when PostgreSQL is about to recover.
        machine.shell(
            f"(exec {restore.commands.strip()}) & until ls {RECOVERS} 2>/dev/null; do sleep 0.05; done; kill -9 $!"
        )
        status, said = machine.try_shell(SET_UP)
        assert status == 1
        assert "A restoration was begun on this host and has not ended" in said
        machine.follow(restore)
        left = machine.shell(f"ls -d {LENT} {RECOVERS} /etc/postgresql/*/main/conf.d/zz* 2>/dev/null || true")
        assert left == ""
        machine.shell(documented("restore", "restore-key").commands.splitlines()[0])
        key, *cut = evaluate_there(
            machine,
            "[key_of(new), is_cut(late), is_cut(early)]",
            new=story.new,
            late=story.late,
            early=story.early,
        )
        assert key == story.key_of_new
        assert cut == [[True, True]] * 2
        assert "Keys are held" in machine.shell("nsm-portal manage settle_restoration")


def test_a_bare_host_becomes_the_portal_and_what_was_cut_off_stays_so(story: Story):
    with story.host("third", after="bare") as machine:
        machine.shell(BRING_IDENTITIES)
        machine.follow(documented("restore", "restore"))
        status, said = machine.try_shell("nsm-portal setup")
        assert status == 1
        assert "key-encryption-key is lost" in said, said
        machine.follow(documented("restore", "restore-key"))
        where, _ = machine.sign_in(story.secret)
        assert where.startswith("https://portal.example.org/admin/ ")
        boxes = {"new": story.new, "late": story.late, "early": story.early}
        # The backup is from before.
        assert evaluate_there(machine, "[is_cut(early), is_cut(late), key_of(new)]", **boxes) == [
            [True] * 2,
            [False] * 2,
            None,
        ]
        machine.shell("cp /srv/elsewhere/underlay.crl /root")
        said = machine.follow(documented("restore", "settle-look"))
        assert f"{story.late[0]} (" in said
        machine.follow(documented("restore", "settle"))
        assert evaluate_there(machine, "[is_cut(early), is_cut(late)]", **boxes) == [[True, True], [True, False]]
        machine.follow(documented("backup", "backup"))
        # But for what nobody has done on a host that is new: advisories, a telephone number.
        assert machine.shell("nsm-portal check").splitlines()[-1] == "Apart from that: All is as it should be."
        said = machine.shell("apt-get -qq --yes purge nsm-portal")
        assert "psql -c 'ALTER SYSTEM RESET archive_mode'" in said
        assert machine.shell("find /etc/systemd/system -name 'nsm-portal*'") == ""
