"""The system checks: which process holds which secret."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from pki.authority.signers import create_encrypted_file
from pki.checks import check_secrets_of_process, refuse_wrong_keys
from pki.escrow.envelope import generate_key_encryption_key
from pki.escrow.vault import get_or_create_disk_key
from tests.support.pki.making import PASSPHRASE

KEK = generate_key_encryption_key().to_text()
PROCESSES = ("people", "machines", "signer", "worker", "beat", "manage")


@pytest.fixture
def hold(settings, tmp_path):
    """Set what the process is and holds."""
    file = tmp_path / "held" / "ca.key"
    file.parent.mkdir()
    create_encrypted_file(path=file, passphrase=PASSPHRASE)

    def hold(process: str, *, kek: bool, ca: bool) -> None:
        settings.PROCESS = process
        settings.KEY_ENCRYPTION_KEY = KEK if kek else None
        settings.CA_KEY_FILE = file if ca else None
        settings.CA_PASSPHRASE = PASSPHRASE if ca else None

    return hold


def ids() -> list[str | None]:
    return [message.id for message in check_secrets_of_process()]


@pytest.mark.parametrize(
    ("process", "kek", "ca"),
    [
        ("people", False, False),
        ("machines", True, False),
        ("signer", True, True),
        ("worker", False, False),
        ("beat", False, False),
        ("manage", False, False),
        ("manage", True, True),
    ],
)
def test_a_process_that_holds_what_the_table_says_may_start(db, hold, process, kek, ca):
    hold(process, kek=kek, ca=ca)
    assert ids() == []
    refuse_wrong_keys()


@pytest.mark.parametrize("process", ["people", "worker", "beat"])
def test_a_process_without_business_with_keys_must_hold_none(db, hold, process):
    hold(process, kek=True, ca=True)
    assert ids() == ["pki.E003", "pki.E004"]
    with pytest.raises(ImproperlyConfigured, match=f"'{process}' must not hold"):
        refuse_wrong_keys()


def test_the_machines_door_must_not_hold_the_ca_key(db, hold):
    hold("machines", kek=True, ca=True)
    assert ids() == ["pki.E004"]
    with pytest.raises(ImproperlyConfigured, match="CA's private key"):
        refuse_wrong_keys()


@pytest.mark.parametrize("half", ["CA_KEY_FILE", "CA_PASSPHRASE"])
def test_half_of_the_ca_key_is_too_much_as_well_and_too_little_for_the_signer(hold, settings, half):
    for process, expected in (("people", ["pki.E004"]), ("signer", ["pki.E005"])):
        hold(process, kek=process == "signer", ca=True)
        setattr(settings, half, None)
        assert ids() == expected


@pytest.mark.parametrize(("process", "missing"), [("machines", 1), ("signer", 2)])
def test_a_process_that_needs_a_key_does_not_start_without(db, hold, process, missing):
    hold(process, kek=False, ca=False)
    assert ids() == ["pki.E005"] * missing
    with pytest.raises(ImproperlyConfigured, match="cannot work without"):
        refuse_wrong_keys()


@pytest.mark.parametrize("process", PROCESSES)
def test_no_message_repeats_a_secret(hold, settings, process):
    hold(process, kek=True, ca=True)
    settings.KEY_ENCRYPTION_KEY = KEK[:-4]
    settings.CA_PASSPHRASE = "not the right passphrase"
    texts = [f"{message.msg} {message.hint}" for message in check_secrets_of_process()]
    assert texts
    assert not any(KEK.partition(":")[2][:-4] in text or "right passphrase" in text for text in texts)


def test_a_malformed_key_encryption_key_is_an_error(db, hold, settings):
    hold("machines", kek=True, ca=False)
    settings.KEY_ENCRYPTION_KEY = "nonsense"
    assert ids() == ["pki.E001"]
    with pytest.raises(ImproperlyConfigured, match="NSMAAS_KEY_ENCRYPTION_KEY"):
        refuse_wrong_keys()


def test_a_ca_key_that_others_can_read_is_a_warning(db, hold, settings):
    hold("signer", kek=True, ca=True)
    settings.CA_KEY_FILE.chmod(0o644)
    assert ids() == ["pki.W001"]
    refuse_wrong_keys()


def test_the_signer_does_not_start_with_a_passphrase_that_does_not_open_its_key(db, hold, settings):
    hold("signer", kek=True, ca=True)
    settings.CA_PASSPHRASE = "not the right passphrase"
    assert ids() == ["pki.E007"]
    with pytest.raises(ImproperlyConfigured, match="does not open"):
        refuse_wrong_keys()


def test_the_signer_does_not_start_with_the_key_of_another_authority(authority, hold, kek):
    hold("signer", kek=True, ca=True)
    assert ids() == []
    assert database_ids() == ["pki.E008"]
    with pytest.raises(ImproperlyConfigured, match="not that of the authority 'main'"):
        refuse_wrong_keys()


def test_the_signer_starts_with_the_key_of_the_authority(authority, kek):
    assert database_ids() == []
    refuse_wrong_keys()


def test_a_key_that_is_not_the_databases_is_an_error(db, hold, settings):
    hold("machines", kek=True, ca=False)
    get_or_create_disk_key(subject="s-abcdefghijkl")
    refuse_wrong_keys()
    assert database_ids() == []
    settings.KEY_ENCRYPTION_KEY = generate_key_encryption_key().to_text()
    assert database_ids() == ["pki.E002"]
    with pytest.raises(ImproperlyConfigured, match="was sealed with"):
        refuse_wrong_keys()


def database_ids() -> list[str | None]:
    messages = run_checks(databases=["default"])
    return [message.id for message in messages if (message.id or "").startswith("pki.")]
