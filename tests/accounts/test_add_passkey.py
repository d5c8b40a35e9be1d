"""What is asked before a device makes a passkey is asked again when it is stored."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from accounts.operations.add_passkey import MOST, add_passkey
from accounts.operations.record_sign_in import Caller
from accounts.passkeys import NewPasskey
from tests.support.passkeys import stored_passkey
from tests.support.world import World

CALLER = Caller(address="198.51.100.21", agent="Firefox/140")
MADE = NewPasskey(credential={}, credential_id=b"new", counter=0)


def test_one_too_many_is_not_stored(world: World):
    for number in range(MOST):
        stored_passkey(world.owner, f"number {number}")
    with pytest.raises(ValidationError, match="10 passkeys already"):
        add_passkey(name="One more", made=MADE, added_by=world.owner, caller=CALLER)
    assert Authenticator.objects.count() == MOST


@pytest.mark.parametrize("name", ["", "a\nb", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_not_stored(world: World, name: str):
    with pytest.raises(ValidationError):
        add_passkey(name=name, made=MADE, added_by=world.owner, caller=CALLER)
    assert not Authenticator.objects.exists()
