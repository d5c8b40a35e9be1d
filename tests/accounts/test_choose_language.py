import pytest
from django.core.exceptions import ValidationError

from accounts.operations.choose_language import choose_language
from accounts.operations.record_sign_in import Caller
from tenants.models import AuditEntry
from tests.support.world import World

CALLER = Caller("192.0.2.50", "Firefox")


def choose(world: World, language: str = "de", time_zone: str = "Europe/Berlin") -> None:
    choose_language(person=world.owner, language=language, time_zone=time_zone, caller=CALLER)


def test_it_is_kept_and_noted_in_the_trail(world: World):
    choose(world)
    world.owner.refresh_from_db()
    assert (world.owner.language, world.owner.time_zone) == ("de", "Europe/Berlin")
    entry = AuditEntry.objects.get(action="person:language:choose")
    assert (entry.actor, entry.subject) == ("person:owner@example.org", "owner@example.org")
    assert entry.details["to"] == {"language": "de", "time_zone": "Europe/Berlin"}


def test_a_choice_can_be_taken_back(world: World):
    choose(world)
    choose(world, "", "")
    world.owner.refresh_from_db()
    assert (world.owner.language, world.owner.time_zone) == ("", "")


def test_the_same_once_more_leaves_no_second_row(world: World):
    choose(world)
    choose(world)
    assert AuditEntry.objects.filter(action="person:language:choose").count() == 1


@pytest.mark.parametrize("language", ["pl", "DE", "de ", "../de", "de\n", "qps-plocm"])
def test_a_language_that_is_not_there_is_refused(world: World, language: str):
    with pytest.raises(ValidationError) as refused:
        choose(world, language)
    assert refused.value.message_dict == {"language": ["There is no such language here. Choose one of the list."]}


@pytest.mark.parametrize(
    "zone",
    ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\n", "europe/berlin", "\0", "posixrules"],
)
def test_a_zone_that_is_not_there_is_refused_and_changes_nothing(world: World, zone: str):
    with pytest.raises(ValidationError, match="There is no such time zone"):
        choose(world, "de", zone)
    world.owner.refresh_from_db()
    assert (world.owner.language, world.owner.time_zone) == ("", "")
    assert not AuditEntry.objects.filter(action="person:language:choose").exists()
