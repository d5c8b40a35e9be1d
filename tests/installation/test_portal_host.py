"""A bare Debian becomes a portal by the commands of docs/operations.md, and stays one.

Each test builds on those before. Debian's packages come from a folder, so the stopwatch leaves the line out. No word of
a test's own is typed but the answers to the five questions.
"""

import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.installation.built_packages import built_packages, later_version, version_of
from tests.support.installation.documented import commands_under
from tests.support.installation.portal_machine import ADDRESS, PortalMachine, portal_machine
from tests.support.installation.signed_repository import signed_repository
from tests.support.soaking import SOAKING

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
# Of the suite's two runs on two databases one is enough: the host has a database of its own.
RELEASES = ["bookworm", "trixie"] if SOAKING else [HERE]
ADMINISTRATOR = "ada@example.org"
ANSWERS = {
    "Name under which": "portal.example.org",
    "Address of this host at base": ADDRESS,
    "Addresses of the gateways": "10.20.0.1",
    "Certificate for the name": "self-signed",
    "E-mail address of the first": ADMINISTRATOR,
}
INSTALL, SET_UP, CHECK = commands_under("The portal's host")
LATER, BROKEN = "7.0.0+deb0", "8.0.0+deb0"
SECONDS, QUESTIONS = 180, 5


@dataclass
class InstalledPortal:
    machine: PortalMachine
    deb: Path
    work: Path

    def units(self) -> dict[str, str]:
        """Each lasting process with the number of its first process."""
        shown = self.machine.shell("systemctl show --property=Id,MainPID 'nsmaas-*.service' 'doors-nginx-*.service'")
        return dict(re.findall(r"MainPID=(\d+)\nId=(\S+)", shown)) or dict(
            re.findall(r"Id=(\S+)\nMainPID=(\d+)", shown)
        )

    def install(self, deb: Path) -> tuple[int, str]:
        (self.machine.root / "var/tmp/new.deb").write_bytes(deb.read_bytes())
        return self.machine.try_shell("dpkg --install /var/tmp/new.deb")


@pytest.fixture(scope="module", params=RELEASES)
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InstalledPortal]:
    work = tmp_path_factory.mktemp("host")
    debs = built_packages(request.param)
    deb = next(deb for deb in debs if deb.name.startswith("nsm-portal_"))
    with (
        signed_repository(request.param, debs, work) as repository,
        portal_machine(request.param, work / "machine", binds={repository: "/srv/nsm"}) as machine,
    ):
        yield InstalledPortal(machine, deb, work)


def test_the_page_leads_from_a_bare_debian_to_an_administrator_who_is_signed_in(
    portal: InstalledPortal, capsys: pytest.CaptureFixture[str]
):
    machine, began = portal.machine, time.monotonic()
    machine.shell("cp /srv/nsm/nsm-archive-key.asc /var/tmp/")
    machine.shell(INSTALL.replace("https://packages.example.org/nsm", "file:/srv/nsm"))
    installed = time.monotonic()
    shown, asked = machine.type(SET_UP, ANSWERS)
    set_up = time.monotonic()
    [link] = re.findall(r"https://portal\.example\.org/accounts/\S+", shown)
    assert signed_in_at(portal, link).startswith("https://portal.example.org/admin/ ")
    took = time.monotonic() - began
    with capsys.disabled():
        release = portal.deb.name.rpartition("+")[2].partition("_")[0]
        print(
            f"\n{release}: {took:.0f} s and {asked} answers from apt install to a signed-in administrator"
            f" ({installed - began:.0f} s to install, {set_up - installed:.0f} s to set up)"
        )
    assert asked <= QUESTIONS
    assert machine.shell(CHECK).strip() == "All is as it should be."


def signed_in_at(portal: InstalledPortal, link: str) -> str:
    """In the host's network, as the first administrator. Where that ends."""
    certificate = portal.machine.root / "etc/nsmaas/door/people.crt"
    command = [
        sys.executable,
        "-m",
        "tests.support.installation.first_sign_in",
        ADDRESS,
        str(certificate),
        link,
        ADMINISTRATOR,
    ]
    done = subprocess.run(
        ["nsenter", f"--net=/run/netns/{portal.machine.namespace}", *command],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_run_again_it_asks_nothing_and_finds_nothing_to_do(portal: InstalledPortal):
    before = portal.units()
    for command in ("nsm-portal setup --check", "nsm-portal setup"):
        said = portal.machine.shell(command)
        assert [line for line in said.split("\n\n")[0].splitlines() if not line.endswith("as it should be")] == []
    assert "/accounts/" not in portal.machine.shell("nsm-portal setup")  # there is a password: no link
    assert portal.units() == before


def test_every_user_that_a_unit_names_is_there_and_runs_its_process(portal: InstalledPortal):
    named = set(
        re.findall(
            r"^(?:User|SocketUser)=(\S+)$",
            portal.machine.shell("cd /usr/lib/systemd/system; cat nsmaas-*.service nsmaas-*.socket doors-*.service"),
            re.M,
        )
    )
    ours = {name for name in named if name.startswith("nsmaas-")}
    assert len(ours) >= 7
    present = portal.machine.shell("cut -d: -f1 /etc/passwd").split()
    assert ours <= set(present)
    assert ours <= set(portal.machine.shell("ps -eo user:40=").split())


def test_no_secret_is_in_what_setup_said_or_in_a_process_or_readable_by_others(portal: InstalledPortal):
    machine = portal.machine
    secrets = [
        line
        for name in ("secret-key", "ca-passphrase", "key-encryption-key")
        for line in machine.shell(f"cat /etc/nsmaas/secrets/{name}").split()
        if len(line) > 20
    ]
    assert len(secrets) >= 3
    seen = machine.shell(
        "journalctl --no-pager --output=cat; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' ' '"
    )
    seen += machine.shell("nsm-portal setup; cat /etc/nsmaas/setup.toml /etc/nsmaas/portal.env")
    assert [secret[:4] for secret in secrets if secret in seen] == []
    open_ones = machine.shell("find /etc/nsmaas/secrets /etc/nsmaas/door -type f -name '*key*' -perm /077")
    assert open_ones == ""


def test_redis_is_for_the_portals_processes_alone(portal: InstalledPortal):
    assert "6379" not in portal.machine.shell("cat /proc/net/tcp /proc/net/tcp6; ss --listening --numeric --tcp")
    status, _ = portal.machine.try_shell("runuser -u nobody -- redis-cli -s /run/redis/redis-server.sock ping")
    assert status != 0


def test_a_command_without_settings_is_an_error_and_makes_no_database(portal: InstalledPortal):
    for command in (
        "cd /usr/lib/nsm-portal && .venv/bin/python manage.py migrate",
        "mv /etc/nsmaas/portal.env /var/tmp/; nsm-portal manage migrate; status=$?;"
        " mv /var/tmp/portal.env /etc/nsmaas/; exit $status",
    ):
        status, said = portal.machine.try_shell(command)
        assert status != 0
        assert "nsm-portal" in said
    assert portal.machine.shell("find / -xdev -name '*.sqlite3'") == ""


def test_the_callers_environment_decides_nothing(portal: InstalledPortal):
    portal.machine.shell(
        "DATABASE_URL=sqlite:////tmp/other.sqlite3 NSMAAS_PROCESS=people nsm-portal manage verify_audit"
    )
    assert not (portal.machine.root / "tmp/other.sqlite3").exists()


def test_a_secret_that_the_database_rests_on_is_not_made_again(portal: InstalledPortal):
    machine = portal.machine
    machine.shell("mv /etc/nsmaas/secrets/secret-key /var/tmp/")
    try:
        status, said = machine.try_shell("nsm-portal setup")
    finally:
        machine.shell("mv /var/tmp/secret-key /etc/nsmaas/secrets/")
    assert status == 1
    assert "secret-key is lost" in said


def test_check_names_what_is_broken_and_setup_mends_it(portal: InstalledPortal):
    machine = portal.machine
    machine.shell(
        "systemctl disable --now --quiet nsmaas-worker; nft delete table inet nsmaas_portal;"
        " rm /etc/nsmaas/nginx/sensors.conf; systemctl stop doors-nftables.timer"
    )
    status, said = machine.try_shell("nsm-portal check")
    assert status == 1
    for words in ("nsmaas-worker.service does not run", "limits are not in the firewall", "nginx/sensors.conf"):
        assert words in said
    machine.shell("nsm-portal setup")
    assert machine.shell(CHECK).strip() == "All is as it should be."


def test_each_night_the_trail_is_verified_and_a_backup_made(portal: InstalledPortal):
    machine = portal.machine
    assert machine.shell("systemctl is-active nsm-portal-audit.timer nsm-portal-backup.timer").split() == ["active"] * 2
    machine.shell("systemctl start nsm-portal-audit nsm-portal-backup")
    assert machine.try_shell("test -e /var/backups/nsmaas")[0] != 0, "nobody could open one yet"
    machine.shell(
        "age-keygen -o /var/tmp/identity 2>/dev/null; age-keygen -y /var/tmp/identity > /etc/nsmaas/backup-recipients;"
        " systemctl start nsm-portal-backup"
    )
    [made] = machine.shell("ls /var/backups/nsmaas/*").split()
    said = machine.shell(f"nsm-portal restore {made} --identity /var/tmp/identity --verify")
    assert f"{made} is whole" in said
    assert machine.shell("stat -c %a /var/backups/nsmaas " + made).split() == ["700", "600"]


def test_after_a_power_cut_all_comes_up_by_itself(portal: InstalledPortal):
    portal.machine.power_off()
    portal.machine.boot(portal.machine.namespace)
    assert portal.machine.shell(CHECK).strip() == "All is as it should be."


def migration(body: str) -> str:
    return (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("limits", "LAST")]\n'
        f"    operations = [migrations.RunSQL({body!r}, migrations.RunSQL.noop)]\n"
    )


def add_migration(tree: Path, name: str, body: str) -> None:
    folder = tree / "usr/lib/nsm-portal/limits/migrations"
    last = max(path.stem for path in folder.glob("0*.py"))
    (folder / f"{name}.py").write_text(migration(body).replace("LAST", last))


def test_a_failed_migration_leaves_what_runs_and_says_so(portal: InstalledPortal):
    before = portal.units()
    broken = later_version(
        portal.deb, LATER, portal.work, lambda tree: add_migration(tree, "9998_broken", "SELECT no_such_thing")
    )
    status, said = portal.install(broken)
    assert status != 0
    assert "no_such_thing" in said
    assert "nothing was restarted" in said
    assert portal.units() == before
    assert sign_in_page(portal) == 0


def test_an_upgrade_migrates_and_restarts_and_goes_on_from_a_failed_one(portal: InstalledPortal):
    before = portal.units()
    good = later_version(
        portal.deb,
        BROKEN,
        portal.work,
        lambda tree: add_migration(tree, "9999_good", "COMMENT ON TABLE limits_spentpurse IS 'seen'"),
    )
    status, said = portal.install(good)
    assert status == 0, said
    assert "limits.9999_good" in said
    after = portal.units()
    assert not set(before.items()) & {item for item in after.items() if "nsmaas" in str(item)}
    assert portal.machine.shell(CHECK).strip() == "All is as it should be."


def sign_in_page(portal: InstalledPortal) -> int:
    return portal.machine.try_shell(
        "/usr/lib/nsm-portal/.venv/bin/python -c 'import ssl, urllib.request as r;"
        ' r.urlopen(r.Request("https://127.0.0.1/accounts/login/", headers={"Host": "portal.example.org"}),'
        " context=ssl._create_unverified_context())'"
    )[0]


def test_a_downgrade_is_refused_with_a_reason(portal: InstalledPortal):
    status, said = portal.install(portal.deb)
    assert status != 0
    assert "is older than the installed" in said
    assert "restore the backup" in said
    assert (
        portal.machine.shell("dpkg-query -W -f '${Status} ${Version}' nsm-portal") == f"install ok installed {BROKEN}"
    )
    assert portal.machine.shell(CHECK).strip() == "All is as it should be."


def test_removed_it_stops_and_leaves_what_is_the_providers(portal: InstalledPortal):
    machine = portal.machine
    machine.shell("apt-get remove --yes nsm-portal")
    assert machine.shell("ps -eo user:40= | grep -c '^nsmaas' || true").strip() == "0"
    assert machine.try_shell("test -e /usr/lib/nsm-portal")[0] != 0
    kept = machine.shell("ls /etc/nsmaas/secrets /etc/nsmaas/portal.env")
    assert "key-encryption-key" in kept


def test_purged_it_leaves_the_keys_and_the_database_and_names_them(portal: InstalledPortal):
    machine = portal.machine
    said = machine.shell("apt-get purge --yes nsm-portal")
    assert "/etc/nsmaas/secrets" in said
    assert sorted(machine.shell("ls /etc/nsmaas").split()) == ["backup-recipients", "door", "secrets"]
    assert "key-encryption-key" in machine.shell("ls /etc/nsmaas/secrets")
    assert machine.shell("ls -d /var/lib/nsmaas* 2>/dev/null || true") == ""
    assert "nsmaas" in machine.shell("runuser -u postgres -- psql --no-align --tuples-only --list | cut -d'|' -f1")


def test_the_package_says_its_own_version(portal: InstalledPortal):
    assert re.fullmatch(r"\d+\.\d+\.\d+\+deb1[23]", version_of(portal.deb))
