"""Every reason, from rows to answer: with the fact that is wrong made wrong as it would be in life."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from database.roles.declaration import PEOPLE
from notices.models import Mail
from pki.escrow.vault import EscrowUnavailable
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import Answer
from sensors.keys.release_decision import Outcome, Reason
from sensors.models import DiskKeyRelease, KeyPermit, Session, Sighting
from tenants.models import AuditEntry
from tenants.operations.change_site import change_site
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet, new_csr, people_were_told, session_of, sign_waiting
from tests.support.roles import acting_as
from tests.support.sensors.making import last_details
from tests.support.sensors.release_stories import STORIES, ask_for_key, before_the_gateways_report, good, reported


@pytest.mark.parametrize(("story", "outcome", "reason"), STORIES, ids=lambda value: getattr(value, "__name__", None))
def test_each_story_ends_as_it_should_and_is_written_down(
    fleet: Fleet, story: Callable[[Fleet], Answer], outcome: Outcome, reason: Reason
):
    answer = story(fleet)
    assert (answer.verdict.outcome, answer.verdict.reason) == (outcome, reason)
    assert (answer.disk_key is not None) == (outcome is Outcome.RELEASED)
    row = DiskKeyRelease.objects.latest("pk")
    assert (row.outcome, row.reason) == (outcome, reason)
    entry = AuditEntry.objects.filter(action__startswith="sensor:disk-key:").latest("pk")
    assert entry.action == {"released": "sensor:disk-key:release", "refused": "sensor:disk-key:refuse"}.get(
        outcome, "sensor:disk-key:hold"
    )
    assert (entry.actor, entry.details["reason"]) == (f"machine:{row.sensor.subject}", reason)


def test_every_reason_has_a_story():
    assert {reason for _, _, reason in STORIES} == set(Reason)


def test_the_key_is_the_same_each_time_and_another_for_another_sensor(fleet: Fleet):
    sensor, other = fleet.connected("box-1"), fleet.connected("box-2")
    keys = {ask_for_key(fleet, sensor).disk_key for _ in range(3)}
    assert len(keys) == 1
    (key,) = keys
    assert key is not None
    assert len(key) == 64
    assert ask_for_key(fleet, other).disk_key not in keys


def test_a_renewed_certificate_gets_the_same_key(fleet: Fleet):
    sensor = fleet.connected()
    before = ask_for_key(fleet, sensor).disk_key
    fleet.renew(sensor)
    assert ask_for_key(fleet, sensor).disk_key == before


def test_each_release_has_its_rows_and_its_time_is_kept(fleet: Fleet):
    sensor = fleet.connected()
    for _ in range(3):
        ask_for_key(fleet, sensor)
    assert DiskKeyRelease.objects.filter(outcome="released").count() == 3
    assert actions(f"sensor:{sensor.subject}").count("sensor:disk-key:release") == 3


def test_the_key_is_in_no_row_and_no_text(fleet: Fleet):
    answer = good(fleet)
    key = answer.disk_key
    assert key is not None
    for text in (repr(answer), str(answer), repr(list(AuditEntry.objects.values())), repr(list(Mail.objects.values()))):
        assert key.hex() not in text
        assert repr(key)[2:-1] not in text


def test_a_box_that_is_held_and_asks_on_leaves_one_row_and_one_mail_each(fleet: Fleet):
    sensor = fleet.connected(public_address="203.0.113.9")
    for _ in range(4):
        ask_for_key(fleet, sensor)
    assert DiskKeyRelease.objects.count() == 1
    assert actions(f"sensor:{sensor.subject}").count("sensor:disk-key:hold") == 1
    told = list(Mail.objects.filter(about=f"sensor:{sensor.pk}").values_list("recipient", flat=True))
    assert sorted(told) == [f"{name}@example.org" for name in ("administrator", "manager", "operator", "owner")]


def test_held_for_another_reason_or_elsewhere_again_is_written_and_told_again(fleet: Fleet):
    sensor = fleet.enrolled()
    ask_for_key(fleet, sensor)
    for address in ("203.0.113.9", "203.0.113.9", "203.0.113.10"):
        fleet.observe(up=[session_of(sensor, address)])
        ask_for_key(fleet, sensor)
    public = DiskKeyRelease.objects.order_by("pk").values_list("public_address", flat=True)
    assert list(public) == [None, "203.0.113.9", "203.0.113.10"]
    assert Mail.objects.filter(about=f"sensor:{sensor.pk}", recipient="owner@example.org").count() == 2


def test_a_box_that_waits_for_the_gateways_report_alarms_nobody(fleet: Fleet):
    before_the_gateways_report(fleet)
    assert not Mail.objects.exists()


def test_each_refusal_is_written_even_the_same_again(fleet: Fleet):
    sensor = fleet.connected()
    for _ in range(3):
        ask_for_key(fleet, sensor, source="198.51.100.21")
    assert DiskKeyRelease.objects.filter(outcome="refused").count() == 3


def test_a_moved_site_releases_what_was_held(fleet: Fleet):
    sensor = fleet.connected(public_address="203.0.113.9")
    assert ask_for_key(fleet, sensor).disk_key is None
    change_site(site=sensor.site, name="Quay 7", expected_networks=["203.0.113.0/24"], changed_by=ACTOR)
    assert ask_for_key(fleet, sensor).disk_key is not None


def test_a_network_that_was_entered_now_gives_out_no_older_key_until_people_could_say_no(fleet: Fleet, old_keys: None):
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).disk_key
    fleet.observe(up=[session_of(sensor, "203.0.113.9")])
    change_site(site=sensor.site, name="Quay 7", expected_networks=["203.0.113.0/24"], changed_by=ACTOR)
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.CHANGE_TOO_RECENT
    people_were_told(ago=timedelta(minutes=4))
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.CHANGE_TOO_RECENT
    people_were_told(ago=timedelta(minutes=6))
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.ALL_FACTS_FIT
    assert Mail.objects.filter(recipient="owner@example.org", subject__icontains="network").count() == 1


def test_a_box_enrolled_anew_waits_for_a_second_person_and_then_never_again(fleet: Fleet):
    sensor = fleet.connected()
    before = ask_for_key(fleet, sensor).disk_key
    with acting_as(PEOPLE):
        code = issue_sensor_code(sensor=sensor, issued_by=fleet.world.operator.actor)
        request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    sign_waiting()
    fleet.observe(up=[session_of(sensor)])
    people_were_told()
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.ENROLLED_ANEW
    with pytest.raises(ValidationError, match="Somebody else"):
        permit_release(sensor=sensor, public_address="198.51.100.21", permitted_by=fleet.world.operator)
    permit_release(sensor=sensor, public_address="198.51.100.21", permitted_by=fleet.world.manager)
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.CHANGE_TOO_RECENT
    people_were_told()
    answer = ask_for_key(fleet, sensor)
    assert (answer.verdict.reason, answer.disk_key) == (Reason.PERMITTED_ONCE, before)
    KeyPermit.objects.update(expires_at=timezone.now())
    assert ask_for_key(fleet, sensor).verdict.reason is Reason.ALL_FACTS_FIT


def test_a_reported_box_that_asks_is_a_sighting(fleet: Fleet):
    reported(fleet)
    sighting = Sighting.objects.get()
    assert (sighting.gateway, sighting.source_address) == (None, "10.88.0.2")
    assert "refused (case-open)" in sighting.line


def test_the_details_tell_from_where_and_with_which_certificate(fleet: Fleet):
    sensor = fleet.connected()
    ask_for_key(fleet, sensor)
    assert last_details("sensor:disk-key:release") == {
        "reason": "all-facts-fit",
        "source": sensor.address,
        "public_address": "198.51.100.21",
        "serial": fleet.certificate_of(sensor).serial,
    }


def test_without_the_escrows_key_nothing_is_released_and_nothing_says_so(fleet: Fleet, settings):
    sensor = fleet.connected()
    settings.KEY_ENCRYPTION_KEY = None
    with pytest.raises(EscrowUnavailable):
        ask_for_key(fleet, sensor)
    assert not DiskKeyRelease.objects.exists()
    assert Session.objects.current().exists()
    assert "sensor:disk-key:release" not in actions(f"sensor:{sensor.subject}")
