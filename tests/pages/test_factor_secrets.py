from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ImproperlyConfigured

from accounts.factor_secrets import seal, unseal
from tests.support.one_time_codes import code_of
from tests.support.world import World


def test_what_codes_are_made_from_is_in_no_row(world: World):
    secret = generate_totp_secret()
    TOTP.activate(world.manager, secret)
    codes = RecoveryCodes.activate(world.manager)
    rows = repr(list(Authenticator.objects.values()))
    assert secret not in rows
    assert codes.get_unused_codes()
    assert all(code not in rows for code in codes.get_unused_codes())


def test_a_code_made_from_it_is_taken_and_another_is_not(world: World):
    secret = generate_totp_secret()
    totp = TOTP.activate(world.manager, secret).instance.wrap()
    now = code_of(secret)
    wrong = f"{(int(now) + 1) % 1_000_000:06}"
    assert not totp.validate_code(wrong)
    assert totp.validate_code(now)


def test_the_same_is_sealed_differently_each_time():
    assert seal("the same") != seal("the same")


def test_under_another_secret_key_it_is_refused_and_under_one_that_was_kept_it_opens(settings: Any):
    sealed = seal("JBSWY3DPEHPK3PXP")
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    with pytest.raises(ImproperlyConfigured, match="reset_second_factor") as refusal:
        unseal(sealed)
    assert sealed not in str(refusal.value)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("broken", ["", "JBSWY3DPEHPK3PXP", "gAAAAA"])
def test_what_was_not_sealed_is_refused(broken: str):
    with pytest.raises(ImproperlyConfigured):
        unseal(broken)
