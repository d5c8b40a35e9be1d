"""Several keys in one transaction: what `release_disk_key` would give and write down, or nothing at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from pki.authority.operations.revoke_subject import revoke_subject
from pki.escrow.operations.retire_key import retire_key
from pki.escrow.vault import WrongKeyEncryptionKey, get_or_create_disk_key, open_disk_keys
from pki.models import Certificate, Restoration, WrappedKey
from pki.models import Reason as RevocationReason
from pki.models.wrapped_key import DISK_KEY
from sensors.fleet.operations.lock_sensor import lock_row
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import Answer
from sensors.keys.release_decision import Outcome
from sensors.keys.together.operations.release_disk_keys import KeyRequest, release_disk_keys
from sensors.models import DiskKeyRelease, Sensor
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tests.support.fleet import Fleet, as_reported, make_fleet, nobody_has_time_to_object, session_of
from tests.support.sensors import release_stories
from tests.support.sensors.release_stories import STORIES, ask_for_key, good, while_a_restoration_is_open

pytestmark = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite writes one transaction after the other in any case"
)


def request_of(fleet: Fleet, sensor: Sensor, *, certificate: Certificate | None = None) -> KeyRequest:
    return KeyRequest(sensor, certificate or fleet.certificate_of(sensor), sensor.address, as_reported(sensor))


def asked_before(fleet: Fleet, name: str, site: Any = None, address: str = "198.51.100.21") -> KeyRequest:
    """A box whose key has been made, and for which nothing that was changed still waits."""
    nobody_has_time_to_object()
    sensor = fleet.connected(name, site=site, public_address=address)
    assert ask_for_key(fleet, sensor).disk_key
    return request_of(fleet, sensor)


def several(fleet: Fleet) -> list[KeyRequest]:
    """Of two customers."""
    dairy = [asked_before(fleet, f"cow-{number}", fleet.world.dairy, "198.51.100.22") for number in range(2)]
    return [*(asked_before(fleet, f"box-{number}") for number in range(3)), *dairy]


def rows() -> tuple[int, int]:
    return DiskKeyRelease.objects.count(), AuditEntry.objects.count()


def test_each_gets_its_own_key_and_leaves_the_rows_that_it_would_have_left_alone(fleet: Fleet):
    requests = several(fleet)
    alone = {request.sensor.pk: ask_for_key(fleet, request.sensor) for request in requests}
    described = DiskKeyRelease.objects.order_by("-pk").values("sensor", "outcome", "reason", "source_address", "serial")
    told = AuditEntry.objects.order_by("-pk").values("actor", "action", "subject", "details", "chain")
    before = list(described[:5]), list(told[:5])
    assert release_disk_keys(requests=requests) == alone
    assert (list(described[:5]), list(told[:5])) == before
    assert len({answer.disk_key for answer in alone.values()}) == 5
    for chain in AuditChain.objects.all():
        verify_audit(chain=chain)


def test_a_chain_goes_on_behind_a_group(fleet: Fleet):
    requests = several(fleet)
    for _ in range(2):
        release_disk_keys(requests=requests)
        ask_for_key(fleet, requests[0].sensor)
    for chain in AuditChain.objects.all():
        verify_audit(chain=chain)


def test_nobody_gets_one_while_a_restoration_is_open(fleet: Fleet):
    requests = several(fleet)
    release_disk_keys(requests=requests)
    Restoration.objects.create(backup_made_at=timezone.now(), restored_at=timezone.now())
    assert release_disk_keys(requests=requests) == {}


# A restoration holds the keys of all: see the test above.
OF_ONE_BOX = [story for story, *_ in STORIES if story not in {good, while_a_restoration_is_open}]


@pytest.mark.parametrize("story", OF_ONE_BOX, ids=lambda story: story.__name__)
def test_who_would_not_simply_get_it_is_left_to_be_looked_at_alone(
    fleet: Fleet, story: Callable[[Fleet], Answer], monkeypatch: pytest.MonkeyPatch
):
    other = asked_before(fleet, "other")

    def ask_together(fleet: Fleet, sensor: Sensor, **changed: Any) -> Answer:
        before = rows()
        request = request_of(fleet, sensor, certificate=changed.get("certificate"))
        request = request._replace(
            source=changed.get("source") or request.source,
            confirmation=changed.get("confirmation") or request.confirmation,
        )
        answers = release_disk_keys(requests=[request, other])
        assert list(answers) == [other.sensor.pk]
        assert rows() == (before[0] + len(answers), before[1] + len(answers))
        return ask_for_key(fleet, sensor, **changed)

    monkeypatch.setattr(release_stories, "ask_for_key", ask_together)
    story(fleet)


def test_a_permit_is_not_used_up_by_a_group(fleet: Fleet):
    sensor = fleet.connected(public_address="203.0.113.9")
    ask_for_key(fleet, sensor)
    permit_release(sensor=sensor, public_address="203.0.113.9", permitted_by=fleet.world.manager)
    assert release_disk_keys(requests=[request_of(fleet, sensor)]) == {}
    assert ask_for_key(fleet, sensor).verdict.outcome is Outcome.RELEASED


def test_a_revocation_is_found_beside_one_that_is_not(fleet: Fleet):
    sound, lost = asked_before(fleet, "sound"), asked_before(fleet, "lost")
    revoke_subject(subject=lost.certificate.subject, reason=RevocationReason.KEY_COMPROMISE, now=timezone.now())
    fleet.observe(up=[session_of(lost.sensor)])
    assert list(release_disk_keys(requests=[lost, sound])) == [sound.sensor.pk]


def test_with_another_boxs_certificate_nothing_is_said(fleet: Fleet):
    one, other = asked_before(fleet, "one"), asked_before(fleet, "other")
    assert release_disk_keys(requests=[one._replace(certificate=other.certificate)]) == {}


def test_a_key_is_made_by_nobody_but_the_single_release(fleet: Fleet):
    new = request_of(fleet, fleet.connected("new"))
    assert release_disk_keys(requests=[new]) == {}


def test_the_newest_key_is_given_and_one_that_was_retired_is_not(fleet: Fleet):
    request = asked_before(fleet, "box")
    old = release_disk_keys(requests=[request])[request.sensor.pk]
    subject = request.certificate.subject
    retire_key(purpose=DISK_KEY, subject=subject, now=timezone.now())
    get_or_create_disk_key(subject=subject)
    new = release_disk_keys(requests=[request])[request.sensor.pk]
    assert new == ask_for_key(fleet, request.sensor) != old
    retire_key(purpose=DISK_KEY, subject=subject, now=timezone.now())
    assert release_disk_keys(requests=[request]) == {}


def test_if_one_key_cannot_be_opened_none_is_released(fleet: Fleet):
    requests = several(fleet)
    before = rows()
    WrappedKey.objects.filter(subject=requests[-1].certificate.subject).update(kek_id="another")
    with pytest.raises(WrongKeyEncryptionKey):
        release_disk_keys(requests=requests)
    assert rows() == before


@contextmanager
def held(lock: Callable[[], object]) -> Iterator[None]:
    """A row that another connection holds locked."""
    locked, done = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock()
                locked.set()
                done.wait(30)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    try:
        assert locked.wait(30)
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_box_or_a_customer_that_is_being_worked_on(settings: Any, tmp_path: Any):
    fleet = make_fleet(settings, tmp_path)
    requests = several(fleet)
    everybody = {request.sensor.pk for request in requests}
    harbour, dairy = requests[:3], requests[3:]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    with held(lambda: lock_row(harbour[0].sensor)):
        assert set(release_disk_keys(requests=requests)) == everybody - {harbour[0].sensor.pk}
    with held(lambda: AuditChain.objects.select_for_update().get(customer=fleet.world.harbour)):
        assert set(release_disk_keys(requests=requests)) == {request.sensor.pk for request in dairy}
    assert set(release_disk_keys(requests=requests)) == everybody


@pytest.mark.django_db(transaction=True)
def test_a_report_waits_for_the_group_that_has_read_what_is_known(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
):
    """Otherwise a key could be released behind the report's answer."""
    fleet = make_fleet(settings, tmp_path)
    requests = several(fleet)
    reported = Event()

    def report() -> None:
        try:
            fleet.reported(requests[0].sensor)
        finally:
            reported.set()
            connection.close()

    thread = Thread(target=report)

    def in_the_middle(*, subjects: Sequence[str]) -> dict[str, bytes]:
        thread.start()
        assert not reported.wait(1)
        return open_disk_keys(subjects=subjects)

    monkeypatch.setattr("sensors.keys.together.operations.release_disk_keys.open_disk_keys", in_the_middle)
    try:
        assert requests[0].sensor.pk in release_disk_keys(requests=requests)
    finally:
        thread.join()
    monkeypatch.undo()
    assert requests[0].sensor.pk not in release_disk_keys(requests=requests)
