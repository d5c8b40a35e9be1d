"""An operator alone: a network of his own, a code, a box of his own. Once it gave him a disk key in eight seconds, and
nobody was told.

The same with what somebody can write who runs code in the people's door, which is no more.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from database.roles.declaration import PEOPLE
from notices.models import Mail
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import Answer
from sensors.keys.release_decision import Reason
from sensors.models import EnrolmentCode, KeyPermit, Sensor
from tenants.models import Customer, Person, Site
from tenants.operations.change_site import change_site
from tests.support.fleet import Fleet, announce_changes, new_csr, people_were_told, session_of, sign_waiting
from tests.support.roles import acting_as
from tests.support.sensors.release_stories import ask_for_key

HOME, HIS_PLACE = "198.51.100.21", "192.0.2.66"


@pytest.fixture
def box(fleet: Fleet) -> Sensor:
    """In service, with recordings."""
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).disk_key
    return sensor


@pytest.fixture
def otto(fleet: Fleet) -> Person:
    operator: Person = fleet.world.operator
    return operator


def adds_a_network(box: Sensor, otto: Person) -> None:
    with acting_as(PEOPLE):
        site = Site.objects.get(pk=box.site_id)
        networks = [*site.expected_networks, f"{HIS_PLACE}/32"]
        change_site(site=site, name=site.name, expected_networks=networks, changed_by=otto.actor)


def enrols_a_box(box: Sensor, otto: Person) -> None:
    with acting_as(PEOPLE):
        code = issue_sensor_code(sensor=box, issued_by=otto.actor)
        request_enrolment(code=code, csr=new_csr(), source=HIS_PLACE)
    sign_waiting()


def permits(box: Sensor, otto: Person, place: str = HIS_PLACE) -> None:
    with acting_as(PEOPLE):
        permit_release(sensor=box, public_address=place, permitted_by=otto)


def asks(fleet: Fleet, box: Sensor, place: str = HIS_PLACE) -> Answer:
    fleet.observe(up=[session_of(box, place)])
    return ask_for_key(fleet, box)


def told(subject: str) -> set[str]:
    sent = Mail.objects.filter(subject__startswith=subject).exclude(sent_at=None)
    return set(sent.values_list("recipient", flat=True))


def test_with_a_network_a_code_and_a_box_of_his_own_he_gets_no_key_and_everybody_knows(
    fleet: Fleet, box: Sensor, otto: Person
):
    adds_a_network(box, otto)
    enrols_a_box(box, otto)
    assert asks(fleet, box).verdict.reason is Reason.ENROLLED_ANEW
    announce_changes()
    own = {"owner@example.org", "manager@example.org"}
    for subject in ("Expected networks changed", "New enrolment code", "Key held"):
        assert own <= told(subject), subject
    people_were_told(ago=timedelta(days=3))
    assert asks(fleet, box).verdict.reason is Reason.ENROLLED_ANEW, "time alone is no second person"
    with pytest.raises(ValidationError, match="Somebody else has to make sure"):
        permits(box, otto)
    assert asks(fleet, box).disk_key is None


@pytest.mark.parametrize("does", [adds_a_network, permits], ids=["network", "permit"])
def test_for_a_copy_of_the_box_he_gets_a_key_only_after_everybody_could_say_no(
    fleet: Fleet, box: Sensor, otto: Person, does: Callable[[Sensor, Person], None]
):
    asks(fleet, box)
    does(box, otto)
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    announce_changes()
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    assert "owner@example.org" in told("Expected networks changed" if does is adds_a_network else "Key permitted")
    fleet.reported(box)
    people_were_told(ago=timedelta(days=3))
    assert asks(fleet, box).verdict.reason is Reason.CASE_OPEN, "somebody said no"


def test_a_time_that_he_shortens_is_as_long_as_before_for_as_long_as_before(fleet: Fleet, box: Sensor, otto: Person):
    """As somebody can who runs code in the people's door."""
    customer = box.site.customer
    with acting_as(PEOPLE):
        Customer.objects.filter(pk=customer.pk).update(change_delay_minutes=0)
    adds_a_network(box, otto)
    announce_changes()
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    assert Customer.objects.get(pk=customer.pk).change_delay == timedelta(minutes=5)


@pytest.mark.parametrize("lead", [timedelta(0), timedelta(days=2)], ids=["now", "long ago"])
def test_what_is_written_into_the_rows_without_an_operation_waits_just_as_long(
    fleet: Fleet, box: Sensor, otto: Person, lead: timedelta
):
    """Networks, codes and permits, each dated as whoever writes them likes."""
    then = timezone.now() - lead
    with acting_as(PEOPLE):
        Site.objects.filter(pk=box.site_id).update(
            expected_networks=[f"{HIS_PLACE}/32"], networks_set_by="nobody", networks_set_at=then
        )
        KeyPermit.objects.create(
            sensor=box, public_address=HIS_PLACE, permitted_by=fleet.world.manager, permitted_at=then,
            expires_at=timezone.now() + timedelta(days=9),
        )  # fmt: skip
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    announce_changes()
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
    assert "owner@example.org" in told("Expected networks changed")


def test_a_code_of_nobody_waits_for_people_and_for_their_being_told(fleet: Fleet, box: Sensor):
    with acting_as(PEOPLE):
        code = issue_sensor_code(sensor=box, issued_by=fleet.world.manager.actor)
        request_enrolment(code=code, csr=new_csr(), source=HIS_PLACE)
    sign_waiting()
    assert asks(fleet, box, HOME).verdict.reason is Reason.ENROLLED_ANEW
    with acting_as(PEOPLE):
        now = timezone.now()
        KeyPermit.objects.create(
            sensor=box, public_address=HOME, permitted_by=fleet.world.owner, permitted_at=now,
            expires_at=now + timedelta(hours=1),
        )  # fmt: skip
    assert asks(fleet, box, HOME).verdict.reason is Reason.CHANGE_TOO_RECENT
    announce_changes()
    assert asks(fleet, box, HOME).verdict.reason is Reason.CHANGE_TOO_RECENT
    assert {"owner@example.org", "manager@example.org"} <= told("New enrolment code")
    assert EnrolmentCode.objects.filter(confirmed_at=None, used_at__isnull=False).exists()


def test_where_nobody_can_be_told_nothing_counts(fleet: Fleet, box: Sensor, otto: Person, monkeypatch):
    """Also by whoever stops the mails."""
    adds_a_network(box, otto)
    monkeypatch.setattr("tenants.operations.announce.send_mails", lambda: 0)
    announce_changes()
    Customer.objects.update(change_delay_minutes=0, change_delay_in_force=0)
    assert asks(fleet, box).verdict.reason is Reason.CHANGE_TOO_RECENT
