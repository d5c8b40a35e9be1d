from dataclasses import replace

import pytest

from lab.environments import PortalSettings, Secrets
from tests.support.checkout import CHECKOUT

UNITS = CHECKOUT / "portal" / "deploy" / "systemd"
CA = {"NSMAAS_CA_KEY_FILE", "NSMAAS_CA_PASSPHRASE_FILE"}
ESCROW = {"NSMAAS_KEY_ENCRYPTION_KEY_FILE"}
SIGN_IN = {"NSMAAS_SECRET_KEY_FILE"}
ALL = CA | ESCROW | SIGN_IN
MAY_HOLD = {
    "people": SIGN_IN,
    "machines": ESCROW,
    "signer": CA | ESCROW,
    "worker": set(),
    "monitor": set(),
    "beat": set(),
    "manage": SIGN_IN,
}
UNIT_OF = {
    "nsmaas-people": "people",
    "nsmaas-machines-sensors": "machines",
    "nsmaas-machines-gateways": "machines",
    "nsmaas-machines-reports": "machines",
    "nsmaas-signer": "signer",
    "nsmaas-worker": "worker",
    "nsmaas-monitor": "monitor",
    "nsmaas-beat": "beat",
}


@pytest.fixture
def portal_settings(tmp_path):
    return PortalSettings(
        state=tmp_path,
        secrets=Secrets(tmp_path),
        database_url="sqlite:///x",
        broker_url="filesystem://",
        base_url="http://127.0.0.1:8000",
        machines_door_url="https://127.0.0.1:8443",
        allowed_hosts=("127.0.0.1",),
    )


@pytest.mark.parametrize(("process", "allowed"), MAY_HOLD.items())
def test_a_process_holds_only_the_secrets_that_are_its_own(portal_settings, process, allowed):
    environment = portal_settings.environment_of(process)

    assert environment["NSMAAS_PROCESS"] == process
    assert set(environment) & ALL == allowed


def test_no_secret_stands_in_an_environment_itself(portal_settings):
    portal_settings.secrets.make_random_ones()
    made = {portal_settings.secrets.ca_passphrase.read_text(), portal_settings.secrets.django_key.read_text()}

    assert not any(made & set(portal_settings.environment_of(process).values()) for process in MAY_HOLD)
    assert portal_settings.secrets.ca_passphrase.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("postgresql://nsmaas@/portal?host=/run/db", "postgresql://@/portal?host=/run/db"),
        ("postgresql://nsmaas:secret@db.example:5432/portal", "postgresql://@db.example:5432/portal"),
        ("postgresql:///portal?host=/run/db", "postgresql://@/portal?host=/run/db"),
        ("sqlite:////run/portal.sqlite3", "sqlite:////run/portal.sqlite3"),
    ],
)
def test_each_process_is_told_the_database_and_logs_in_as_itself(portal_settings, given, told):
    portal = replace(portal_settings, database_url=given)

    assert {portal.environment_of(process)["DATABASE_URL"] for process in MAY_HOLD} == {told}


def test_random_secrets_are_made_once(portal_settings):
    portal_settings.secrets.make_random_ones()
    first = portal_settings.secrets.ca_passphrase.read_text()
    portal_settings.secrets.make_random_ones()

    assert portal_settings.secrets.ca_passphrase.read_text() == first


@pytest.mark.parametrize(("unit", "process"), UNIT_OF.items())
def test_a_units_secrets_are_those_of_its_process(unit, process):
    text = (UNITS / f"{unit}.service").read_text()

    assert f"NSMAAS_PROCESS={process} " in text
    assert f"User=nsmaas-{process}\n" in text
    assert {name for name in ALL if name in text} == MAY_HOLD[process]


def test_what_is_for_all_units_gives_none_a_secret():
    for path in UNITS.glob("*.d/*"):
        assert not any(word in path.read_text() for word in ("LoadCredential", "SetCredential", *ALL))


def test_every_unit_of_the_portal_is_known_here():
    assert {path.stem for path in UNITS.glob("nsmaas-*.service")} == set(UNIT_OF)
