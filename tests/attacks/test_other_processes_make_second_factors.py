"""A thief of a worker, the signer or the machines' door tries to be somebody at the people's door.

What sessions and mailed links are signed with, and second factors sealed under, is given to the people's door alone.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ImproperlyConfigured

from accounts.factor_secrets import unseal
from pki.escrow.envelope import generate_key_encryption_key
from portal.checks import check_secret_key_of_process
from portal.start import refuse_to_start_as_another
from tests.support.checkout import CHECKOUT
from tests.support.machines_door import settings_of
from tests.support.world import World

pytestmark = pytest.mark.long

OTHERS = ("machines", "signer", "worker", "beat")
KEY = "hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2"


@pytest.mark.parametrize("process", OTHERS)
def test_they_have_another_key_at_each_start_even_beside_the_doors_own_file(process: str, tmp_path: Path):
    doors = settings_of("people", tmp_path)["SECRET_KEY"]
    assert settings_of("manage", tmp_path)["SECRET_KEY"] == doors
    settings_of.cache_clear()
    first = settings_of(process, tmp_path)["SECRET_KEY"]
    settings_of.cache_clear()
    second = settings_of(process, tmp_path)["SECRET_KEY"]
    assert len({doors, first, second}) == 3


@pytest.mark.parametrize("process", OTHERS)
def test_what_is_in_the_database_opens_no_second_factor_there(
    world: World, settings: Any, process: str, tmp_path: Path
):
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    sealed = Authenticator.objects.get().data["secret"]
    assert unseal(sealed) == secret
    settings.SECRET_KEY = settings_of(process, tmp_path)["SECRET_KEY"]
    with pytest.raises(ImproperlyConfigured):
        unseal(sealed)


@pytest.mark.parametrize("process", OTHERS)
def test_one_that_is_given_the_key_must_not_start(settings: Any, process: str):
    settings.PROCESS, settings.SECRET_KEY_IS_GIVEN = process, True
    (found,) = check_secret_key_of_process()
    assert found.id == "portal.E003"
    with pytest.raises(ImproperlyConfigured, match=f"'{process}' must not hold the secret key"):
        refuse_to_start_as_another()


@pytest.mark.parametrize("process", ["people", "manage"])
def test_those_who_need_it_may_have_it(settings: Any, process: str):
    settings.PROCESS, settings.SECRET_KEY_IS_GIVEN = process, True
    assert check_secret_key_of_process() == []


STARTS = {
    "machines": ["-c", "import portal.wsgi_machines"],
    "signer": ["-m", "celery", "-A", "portal", "worker", "-Q", "pki", "-c", "1"],
    "worker": ["-m", "celery", "-A", "portal", "worker", "-Q", "default", "-c", "1"],
    "beat": ["-m", "celery", "-A", "portal", "beat"],
}


@pytest.mark.live
@pytest.mark.parametrize("how", ["NSMAAS_SECRET_KEY", "NSMAAS_SECRET_KEY_FILE"])
@pytest.mark.parametrize("process", STARTS)
def test_one_that_is_given_the_key_really_does_not_start_and_says_why(process: str, how: str, tmp_path: Path):
    file = tmp_path / "key"
    file.write_text(KEY)
    kek = {"NSMAAS_KEY_ENCRYPTION_KEY": generate_key_encryption_key().to_text()}
    environment = {
        "PATH": os.environ["PATH"],
        "NSMAAS_PROCESS": process,
        "DATABASE_URL": "embedded",
        "NSMAAS_STATE_DIR": str(tmp_path),
        how: KEY if how == "NSMAAS_SECRET_KEY" else str(file),
        **(kek if process in {"machines", "signer"} else {}),
    }
    done = subprocess.run(
        [sys.executable, *STARTS[process]],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert f"'{process}' must not hold the secret key (NSMAAS_SECRET_KEY)" in said
    assert KEY not in said
