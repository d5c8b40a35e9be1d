"""A bare Debian becomes a portal by the pages of docs/operators, stays one, gets a gateway, and is taken away.

Each test builds on those before. Debian's packages come from a folder, so the stopwatch leaves the line out. No word of
a test's own is typed where a page has one, but the answers to the five questions.
"""

import json
import platform
import re
import time
from collections.abc import Iterator

import pytest

from tests.support.installation.acme_server import AUTHORITY, URL, AcmeServer, acme_server
from tests.support.installation.built_packages import built_packages, version_of
from tests.support.installation.documented import documented
from tests.support.installation.installed_portal import IN_A_FOLDER, REPOSITORY, InstalledPortal
from tests.support.installation.made_up_advisories import as_download, made_up
from tests.support.installation.operated_machine import OperatedMachine
from tests.support.installation.portal_machine import (
    ADDRESS,
    ADMINISTRATOR,
    GATEWAY,
    NAME,
    gateway_beside,
    portal_machine,
)
from tests.support.installation.signed_repository import signed_repository
from tests.support.soaking import SOAKING
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("installation")]

HERE = platform.freedesktop_os_release()["VERSION_CODENAME"]
# Of the suite's two runs on two databases one is enough: the host has a database of its own.
RELEASES = ["bookworm", "trixie"] if SOAKING else [HERE]
ANSWERS = {
    "Name under which": NAME,
    "Address of this host at base": ADDRESS,
    "Addresses of the gateways": GATEWAY,
    "Certificate for the name": "self-signed",
    "E-mail address of the first": ADMINISTRATOR,
}
BROKEN, GOOD = "7.0.0", "8.0.0"
SECONDS, QUESTIONS = 180, 5
OF_THE_TEST = f"--acme-server {URL} --acme-ca-file {AUTHORITY}"


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def portal(release: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InstalledPortal]:
    work = tmp_path_factory.mktemp("host")
    debs = built_packages(release)
    deb = next(deb for deb in debs if deb.name.startswith("nsm-portal_"))
    with (
        signed_repository(release, debs, work) as repository,
        portal_machine(release, work / "machine", binds={repository.folder: REPOSITORY}) as machine,
    ):
        yield InstalledPortal(machine, deb, work, repository)


@pytest.fixture(scope="module")
def gateway(
    portal: InstalledPortal, release: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OperatedMachine]:
    """Bare, beside a portal that is set up."""
    work, binds = tmp_path_factory.mktemp("gateway"), {portal.repository.folder: REPOSITORY}
    with gateway_beside(portal.machine, release, work / "machine", binds=binds) as machine:
        yield machine


def check(portal: InstalledPortal) -> str:
    return portal.machine.follow(documented("install", "check"))


def test_the_page_leads_from_a_bare_debian_to_an_administrator_who_is_signed_in(
    portal: InstalledPortal, capsys: pytest.CaptureFixture[str]
):
    machine, began = portal.machine, time.monotonic()
    machine.shell(f"cp {REPOSITORY}/nsm-archive-key.asc /var/tmp/")
    machine.follow(documented("install", "install"), replacing=IN_A_FOLDER)
    installed = time.monotonic()
    page = documented("install", "set-up")
    shown, asked = machine.type(page.commands, ANSWERS)
    assert page.not_seen_in(shown) == []
    set_up = time.monotonic()
    [link] = re.findall(r"https://portal\.example\.org/accounts/\S+", shown)
    assert machine.sign_in(link)[0].startswith("https://portal.example.org/admin/ ")
    took = time.monotonic() - began
    with capsys.disabled():
        release = portal.deb.name.rpartition("+")[2].partition("_")[0]
        print(
            f"\n{release}: {took:.0f} s and {asked} answers from apt install to a signed-in administrator"
            f" ({installed - began:.0f} s to install, {set_up - installed:.0f} s to set up)"
        )
    assert asked <= QUESTIONS
    check(portal)


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
    check(portal)


def test_where_the_portal_does_not_answer_its_door_says_so(portal: InstalledPortal):
    units = "nsmaas-people.socket nsmaas-people.service"
    portal.machine.shell(f"systemctl stop {units}")
    asked = (
        "/usr/lib/nsm-portal/.venv/bin/python -c 'import ssl; from http.client import HTTPSConnection as To;"
        ' door = To("127.0.0.1", context=ssl._create_unverified_context());'
        ' door.request("GET", "/report/", headers={"Accept": "text/html"});'
        " print(door.getresponse().read().decode())'"
    )
    assert "it may not be reported yet" in portal.machine.shell(asked)
    portal.machine.shell(f"systemctl start {units}")
    check(portal)


def test_an_advisory_that_was_carried_in_is_told_by_check(portal: InstalledPortal):
    machine, folder = portal.machine, portal.machine.root / "var/tmp"
    assert "Nobody has looked yet" in check(portal)
    as_download(folder / "all.zip", made_up("PYSEC-2026-2", events=[{"introduced": "99999"}]))
    machine.follow(documented("advisories", "advisories"))
    (folder / "PYSEC-2026-1.json").write_text(json.dumps(made_up(events=[{"introduced": "0"}])))
    machine.follow(documented("advisories", "one-advisory"))
    assert machine.shell("stat -c '%U %a' /var/lib/nsmaas/advisories.json").split() == ["root", "644"]
    machine.shell("rm /var/lib/nsmaas/advisories.json")


def test_each_night_the_trail_is_verified_and_a_backup_made(portal: InstalledPortal):
    machine = portal.machine
    assert machine.shell("systemctl is-active nsm-portal-audit.timer nsm-portal-backup.timer").split() == ["active"] * 2
    machine.shell("systemctl start nsm-portal-audit nsm-portal-backup")
    assert machine.try_shell("test -e /var/backups/nsmaas")[0] != 0, "nobody could open one yet"
    machine.shell(
        "age-keygen -o identity 2>/dev/null; age-keygen -y identity > /etc/nsmaas/backup-recipients;"
        " systemctl start nsm-portal-backup"
    )
    [made] = machine.shell("ls /var/backups/nsmaas/*").split()
    assert f"{made} is whole" in machine.shell(f"nsm-portal restore {made} --identity identity --verify")
    assert machine.shell("stat -c %a /var/backups/nsmaas " + made).split() == ["700", "600"]
    assert "Neither WAL archiving nor a standby is set up" in machine.shell("nsm-portal check")


def test_after_a_power_cut_all_comes_up_by_itself(portal: InstalledPortal):
    portal.machine.power_off()
    portal.machine.boot(portal.machine.namespace)
    check(portal)


def test_a_second_administrator_is_invited_and_a_customer_has_a_trail(portal: InstalledPortal):
    machine = portal.machine
    machine.follow(documented("first-customer", "second-administrator"))
    machine.follow(documented("first-customer", "first-link"))
    portal.as_in_the_admin(
        "from tenants.actors import Actor; from tenants.operations.register_customer import register_customer as it;"
        " it(slug='acme', name='Acme', registered_by=Actor.process('test'))"
    )
    machine.follow(documented("first-customer", "customer-audit"))


def test_a_gateway_is_installed_and_enrolled_and_right(portal: InstalledPortal, gateway: OperatedMachine):
    code = portal.machine.follow(documented("gateway", "gateway-code")).split()[-1]
    gateway.shell(f"cp {REPOSITORY}/nsm-archive-key.asc /var/tmp/")
    gateway.follow(documented("gateway", "gateway-install"), replacing=IN_A_FOLDER)
    gateway.follow(documented("gateway", "gateway-enrol"), given=f"{code}\n")
    # To the gateway the portal's host is base.
    portal.machine.follow(documented("gateway", "base-route"))
    wait_until_right(gateway)


def wait_until_right(gateway: OperatedMachine) -> None:
    page = documented("gateway", "gateway-check")
    said = ""

    def is_well() -> bool:
        nonlocal said
        status, said = gateway.try_shell(page.commands)
        return status == 0

    wait_until(is_well, seconds=30, what="the gateway's check finds nothing")
    assert page.not_seen_in(said) == []


def test_in_an_incident_the_host_is_asked_and_its_trail_saved(portal: InstalledPortal):
    machine = portal.machine
    machine.follow(documented("incident", "incident-look"))
    machine.follow(documented("incident", "incident-service"), ends=(0, 1, 2))
    machine.follow(documented("incident", "incident-trail"))
    assert "gateway:register" in machine.shell("cat /root/audit-*.jsonl")
    machine.follow(documented("incident", "reset-factor"))


@pytest.mark.usefixtures("gateway")
def test_the_key_encryption_key_is_rotated(portal: InstalledPortal):
    machine, file = portal.machine, "/etc/nsmaas/secrets/key-encryption-key"
    before = machine.shell(f"cat {file}")
    machine.follow(documented("rotate", "rotate-add"))
    machine.follow(documented("rotate", "rotate-restart"))
    assert "1 secrets were sealed again" in machine.follow(documented("rotate", "rotate-run"))
    machine.follow(documented("rotate", "rotate-remove"))
    after = machine.shell(f"cat {file}")
    assert not set(before.split()) & set(after.split())


def test_a_failed_migration_leaves_what_runs_and_says_so(portal: InstalledPortal):
    machine = portal.machine
    machine.follow(documented("upgrade", "before-upgrade"))
    before = portal.units()
    portal.publish(BROKEN, migration="9998_broken", body="SELECT no_such_thing")
    for said in (
        machine.follow(documented("upgrade", "upgrade"), ends=(100,)),
        machine.follow(documented("upgrade", "upgrade-again"), ends=(1,)),
    ):
        assert "no_such_thing" in said
        assert "nothing was restarted" in said
    assert portal.units() == before
    assert portal.shows_its_sign_in_page()


def test_an_upgrade_migrates_and_restarts_and_goes_on_from_a_failed_one(portal: InstalledPortal):
    before = portal.units()
    portal.publish(GOOD, migration="9999_good", body="COMMENT ON TABLE limits_spentpurse IS 'seen'")
    said = portal.machine.follow(documented("upgrade", "upgrade"))
    assert "limits.9999_good" in said
    after = portal.units()
    assert not set(before.items()) & {item for item in after.items() if "nsmaas" in str(item)}
    portal.machine.follow(documented("upgrade", "after-upgrade"))


def test_a_gateway_is_upgraded(gateway: OperatedMachine):
    gateway.follow(documented("upgrade", "gateway-upgrade"))


def test_a_downgrade_is_refused_with_a_reason(portal: InstalledPortal):
    machine = portal.machine
    (machine.root / "var/tmp/old.deb").write_bytes(portal.deb.read_bytes())
    status, said = machine.try_shell("dpkg --install /var/tmp/old.deb")
    assert status != 0
    assert "is older than the installed" in said
    assert "restore the backup" in said
    shown = machine.shell("dpkg-query -W -f '${Status} ${Version}' nsm-portal")
    assert shown == f"install ok installed {portal.version(GOOD)}"
    check(portal)


def test_a_gateway_moves_to_another_host(gateway: OperatedMachine):
    gateway.follow(documented("move-host", "move-gateway"))
    # The same machine, as if it were another: nothing is left of the gateway but what was carried over.
    gateway.shell("apt-get purge --yes nsm-gateway; rm -r /var/lib/nsm-gateway; apt-get install --yes nsm-gateway")
    gateway.follow(documented("move-host", "move-gateway-here"))
    wait_until_right(gateway)


def test_a_gateway_is_retired(portal: InstalledPortal, gateway: OperatedMachine):
    portal.as_in_the_admin(
        "from sensors.gateways.operations.revoke_gateway import revoke_gateway;"
        " from sensors.models import Gateway; from tenants.models import Person;"
        " gateway = Gateway.objects.get(name='gw1');"
        f" person = Person.objects.get(email='{ADMINISTRATOR}');"
        " revoke_gateway(gateway=gateway, reason='no longer wanted', revoked_by=person)"
    )
    gateway.follow(documented("retire-gateway", "retire"))
    gateway.follow(documented("retire-gateway", "retire-delete"))
    assert gateway.shell("find /usr /var/lib /etc/systemd -name 'nsm-gateway*'") == ""
    assert "inet nsmaas" in gateway.shell("nft list tables"), "until the next boot nothing is forwarded"


@pytest.fixture(scope="module")
def acme(portal: InstalledPortal) -> Iterator[AcmeServer]:
    with acme_server(portal.machine, portal.work / "acme") as server:
        yield server


@pytest.mark.usefixtures("acme")
def test_a_first_certificate_that_cannot_be_had_leaves_the_door_as_it_was_and_says_what_to_mend(
    portal: InstalledPortal,
):
    machine, ask = portal.machine, f"nsm-portal setup --certificate acme {OF_THE_TEST}"
    status, said = machine.try_shell(ask)
    assert status == 1
    assert "apt-get install certbot" in said
    machine.shell("apt-get -qq --yes install certbot")
    status, said = machine.try_shell(ask)
    assert status == 1
    for words in (f"No new certificate for {NAME} from {URL}", "Connection refused", "port 80", "twice a day"):
        assert words in said
    assert portal.shows_its_sign_in_page()
    assert NAME in machine.shown_issuer(), "signed by itself"


def test_the_page_leads_to_a_certificate_of_an_acme_server(portal: InstalledPortal, acme: AcmeServer):
    machine = portal.machine
    acme.start()
    machine.follow(documented("install", "set-up-acme"), replacing={"--acme-email ada@example.org": OF_THE_TEST})
    assert "Pebble" in machine.shown_issuer()
    check(portal)
    owner = machine.shell("stat -c '%U %G %a' /etc/nsmaas/door /etc/nsmaas/door/people.pem").splitlines()
    assert owner == ["root nsmaas-nginx-people 710", "root nsmaas-nginx-people 640"]


def test_a_renewal_loses_no_connection(portal: InstalledPortal):
    machine = portal.machine
    with machine.steady_visitor() as seen:
        machine.follow(documented("install", "renew-certificate"))
    assert seen["failed"] == []
    assert seen["slow"].startswith("HTTP/1.1 403")
    assert len(seen["shown"]) == 2, "the one before, then the new one"


def test_port_80_gives_the_challenge_and_the_way_to_the_door_and_nothing_else(portal: InstalledPortal):
    machine, folder = portal.machine, "/run/nsmaas-acme/.well-known/acme-challenge"
    asked = ("--path-as-is", "--output", "-", "--write-out", " %{http_code} %{redirect_url}")
    machine.shell(f"mkdir -p {folder}; echo proof > {folder}/token; ln -s /etc/nsmaas/door/people.pem {folder}/key")
    machine.shell("chmod -R a+rX /run/nsmaas-acme")
    try:
        for path, words in {
            "/.well-known/acme-challenge/token": "proof\n 200 ",
            "/.well-known/acme-challenge/key": " 403 ",
            "/.well-known/acme-challenge/none": " 404 ",
            "/.well-known/acme-challenge/../../../etc/passwd": " 400 ",
            "/.well-known/acme-challenge/%2e%2e/token": f" 301 https://{NAME}/",
            "/.well-known/acme-challenge/": f" 301 https://{NAME}/",
            "/accounts/login/?next=secret": f" 301 https://{NAME}/",
            "/health/live": f" 301 https://{NAME}/",
            "/ -H Host:evil.example": f" 301 https://{NAME}/",
            "/ -X POST -d x=y": " 405 ",
        }.items():
            said = machine.call(*asked, *f"http://127.0.0.1{path}".split())
            assert said.endswith(words), path
            assert "PRIVATE KEY" not in said
    finally:
        machine.shell("rm -r /run/nsmaas-acme")


def test_without_the_acme_server_the_old_certificate_goes_on_and_check_says_so(
    portal: InstalledPortal, acme: AcmeServer
):
    machine, before = portal.machine, portal.machine.shown_issuer()
    acme.stop()
    status, said = machine.try_shell("nsm-portal renew-certificate")
    assert status == 1
    assert "Connection refused" in said
    assert machine.shown_issuer() == before
    machine.shell("systemctl disable --now --quiet nsm-portal-certificate.timer")
    status, said = machine.try_shell("nsm-portal check")
    machine.shell("systemctl enable --now --quiet nsm-portal-certificate.timer")
    assert status == 1
    assert "The last try to renew the people's certificate failed" in said
    assert "nsm-portal-certificate.timer does not run" in said


def test_removed_it_stops_and_leaves_what_is_the_providers(portal: InstalledPortal):
    machine = portal.machine
    machine.follow(documented("move-host", "move-stop"))
    machine.follow(documented("move-host", "move-remove"))
    assert machine.shell("ps -eo user:40= | grep -c '^nsmaas' || true").strip() == "0"
    assert machine.try_shell("test -e /usr/lib/nsm-portal")[0] != 0
    kept = machine.shell("ls /etc/nsmaas/secrets /etc/nsmaas/portal.env")
    assert "key-encryption-key" in kept


def test_installed_again_it_runs_as_before(portal: InstalledPortal):
    portal.machine.shell("apt-get -qq --yes install nsm-portal")
    check(portal)


def test_purged_it_leaves_the_keys_and_the_database_and_names_them(portal: InstalledPortal):
    machine = portal.machine
    said = machine.shell("apt-get purge --yes nsm-portal")
    assert "/etc/nsmaas/secrets" in said
    assert sorted(machine.shell("ls /etc/nsmaas").split()) == ["backup-recipients", "door", "secrets"]
    assert "key-encryption-key" in machine.shell("ls /etc/nsmaas/secrets")
    assert machine.shell("ls -d /var/lib/nsmaas* 2>/dev/null || true") == ""
    assert machine.shell("find /etc/systemd/system -name 'nsm*' -type l") == ""
    assert "nsmaas" in machine.shell("runuser -u postgres -- psql --no-align --tuples-only --list | cut -d'|' -f1")


def test_the_package_says_its_own_version(portal: InstalledPortal):
    assert re.fullmatch(r"\d+\.\d+\.\d+\+deb1[23]", version_of(portal.deb))
