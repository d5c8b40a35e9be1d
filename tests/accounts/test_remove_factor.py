"""A second factor that is demanded stays, also while its person takes two away at once."""

from functools import partial

import pytest
from allauth.mfa.models import Authenticator

from accounts.operations.record_sign_in import Caller
from accounts.operations.remove_factor import LastFactor, can_go, remove_factor
from tenants.models import AuditEntry
from tests.support.at_once import at_once
from tests.support.passkeys import stored_passkey
from tests.support.second_factors import demanded
from tests.support.world import World, make_world

__all__ = ["demanded"]

pytestmark = pytest.mark.usefixtures("demanded")

CALLER = Caller(address="198.51.100.21", agent="Firefox/140")


def test_sent_twice_it_removes_once(world: World):
    one, other = stored_passkey(world.manager, "one"), stored_passkey(world.manager, "other")
    for _ in range(2):
        remove_factor(factor=one, removed_by=world.manager, caller=CALLER)
    assert list(Authenticator.objects.all()) == [other]
    assert AuditEntry.objects.filter(action="person:passkey:remove").count() == 1
    assert not can_go(other)
    with pytest.raises(LastFactor, match="your only one"):
        remove_factor(factor=other, removed_by=world.manager, caller=CALLER)


def test_nobody_takes_another_persons_away(world: World):
    theirs = stored_passkey(world.viewer, "theirs")
    remove_factor(factor=theirs, removed_by=world.stranger, caller=CALLER)
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_are_taken_away_at_once_one_stays():
    world = make_world()
    factors = [stored_passkey(world.manager, name) for name in ("one", "other")]
    works = [partial(remove_factor, factor=each, removed_by=world.manager, caller=CALLER) for each in factors]
    outcomes = at_once(works)
    assert sorted(isinstance(each, LastFactor) for each in outcomes) == [False, True]
    assert Authenticator.objects.count() == 1
