"""What a loss card can do, and cannot."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from notices.models import Mail
from sensors.cases.card_codes import ALPHABET, digest_of, new_code
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.make_loss_card import make_loss_card
from sensors.cases.operations.report_loss_by_card import CardRevoked, TooManyByCard, report_loss_by_card
from sensors.cases.operations.report_losses_by_card import report_losses_by_card
from sensors.cases.operations.request_closing import request_closing
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.cases.operations.revoke_loss_card import revoke_loss_card
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.keys.release_decision import Reason
from sensors.models import Case, CaseOutcome, LossCard, Sensor
from tenants.models import Approval, AuditEntry
from tests.support.fleet import ACTOR, Fleet, as_reported
from tests.support.loss_cards import card_of, report_by_card

TOLD = {f"{name}@example.org" for name in ("administrator", "operator", "owner", "manager")}


def told_of(about: str) -> set[str]:
    return set(Mail.objects.filter(about=about).values_list("recipient", flat=True))


def test_it_refuses_the_disk_key_and_tells_everybody_that_it_was_by_card(fleet: Fleet):
    sensor = fleet.connected()
    card, _ = card_of(fleet)
    case = report_by_card(card, sensor)
    asked = release_disk_key(
        sensor=sensor,
        certificate=fleet.certificate_of(sensor),
        source=sensor.address,
        confirmation=as_reported(sensor),
    )
    assert (asked.disk_key, asked.verdict.reason) == (None, Reason.CASE_OPEN)
    assert told_of(case.about) == TOLD
    body = Mail.objects.filter(about=case.about)[0].body
    assert f"Loss card {card.pk}, Quay 7 has reported this sensor stolen" in body
    assert "by the printed card of the site, from somebody without an account" in body


def test_twice_is_one_case_and_counts_once(fleet: Fleet):
    sensors = [fleet.enrolled(f"box-{number}") for number in range(3)]
    card, _ = card_of(fleet)
    for sensor in [*sensors, *sensors]:
        report_by_card(card, sensor)
    assert Case.objects.count() == 3


def test_a_case_that_a_person_opened_stays_theirs(fleet: Fleet):
    sensor = fleet.enrolled()
    case = fleet.reported(sensor)
    assert report_by_card(card_of(fleet)[0], sensor).pk == case.pk
    assert Case.objects.get().reported_by == fleet.world.owner


def test_a_closing_that_waits_is_overtaken(fleet: Fleet):
    case = fleet.cut_off()
    asked = request_closing(
        case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.operator
    )
    card, _ = card_of(fleet)
    report_by_card(card, case.sensor)
    asked = Approval.objects.get(pk=asked.pk)
    assert (asked.verdict, asked.decided_by) == ("overtaken", None)
    assert AuditEntry.objects.filter(action="approval:overtaken", actor=f"card:{card.pk}").exists()


def test_a_page_from_before_the_box_came_back_cuts_it_off_no_more(fleet: Fleet):
    """A phone that opens its old pages again sends them again."""
    case = fleet.cut_off()
    card, _ = card_of(fleet)
    shown_at = timezone.now()
    asked = request_closing(
        case=case, outcome=CaseOutcome.FALSE_ALARM, reason="Found.", requested_by=fleet.world.operator
    )
    close_case(case=case, approval=asked.pk, approved_by=fleet.world.manager)
    with pytest.raises(ValidationError, match="came back after you chose it"):
        report_by_card(card, case.sensor, shown_at=shown_at)
    assert not Case.objects.open().exists()
    report_by_card(card, case.sensor)
    assert Case.objects.open().count() == 1


def test_a_retired_box_leaves_nothing_to_cut_off(fleet: Fleet):
    sensor = retire_sensor(sensor=fleet.enrolled(), retired_by=ACTOR)
    with pytest.raises(ValidationError, match="nothing left to cut off"):
        report_by_card(card_of(fleet)[0], sensor)


def test_a_box_of_another_site_is_refused_by_the_operation_itself(fleet: Fleet):
    theirs = fleet.enrolled("box-2", fleet.world.dairy)
    with pytest.raises(ValidationError, match="not at Quay 7"):
        report_by_card(card_of(fleet)[0], theirs)
    assert Sensor.objects.get(pk=theirs.pk).state == "in-service"


def test_a_revoked_card_is_refused_by_the_operation_itself(fleet: Fleet):
    card, _ = card_of(fleet)
    revoke_loss_card(card=card, revoked_by=fleet.world.manager)
    with pytest.raises(CardRevoked):
        report_by_card(card, fleet.enrolled())
    assert not Case.objects.exists()


def test_the_fourth_in_an_hour_waits_and_an_hour_later_it_does_not(fleet: Fleet):
    card, _ = card_of(fleet)
    for number in range(3):
        report_by_card(card, fleet.enrolled(f"box-{number}"))
    fourth = fleet.enrolled("box-4")
    with pytest.raises(TooManyByCard):
        report_by_card(card, fourth)
    assert Sensor.objects.get(pk=fourth.pk).state == "in-service"
    Case.objects.update(opened_at=timezone.now() - timedelta(minutes=61))
    assert report_by_card(card, fourth).sensor == fourth


def test_of_what_was_too_much_everybody_hears_once(fleet: Fleet):
    sensors = [fleet.enrolled(f"box-{number}") for number in range(1, 6)]
    card, _ = card_of(fleet)
    Mail.objects.all().delete()
    now = timezone.now()
    for _ in range(3):
        told, too_many = report_losses_by_card(card=card, sensors=sensors, kind="stolen", received_at=now, shown_at=now)
        assert [each.sensor.name for each in told if each.case] == ["box-1", "box-2", "box-3"]
        assert [sensor.name for sensor in too_many] == ["box-4", "box-5"]
    mails = Mail.objects.filter(about=card.about)
    assert sorted(mail.recipient for mail in mails) == sorted(TOLD)
    assert "NOT cut off" in mails[0].subject
    for words in ("box-4", "box-5"):
        assert words in mails[0].body
    assert "box-3" not in mails[0].body
    rows = AuditEntry.objects.filter(action="loss-card:limit", actor=f"card:{card.pk}")
    assert [row.subject for row in rows] == [f"sensor:{sensor.subject}" for sensor in sensors[3:]]


def test_the_boxes_after_one_that_fails_are_cut_off_all_the_same(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    good, bad = fleet.enrolled("box-1"), fleet.enrolled("box-2")
    card, _ = card_of(fleet)
    one = "sensors.cases.operations.report_losses_by_card.report_loss_by_card"

    def broken(**facts: object) -> Case:
        if facts["sensor"] == bad:
            raise RuntimeError("down")
        return report_loss_by_card(**facts)  # type: ignore[arg-type]

    monkeypatch.setattr(one, broken)
    now = timezone.now()
    told, _ = report_losses_by_card(card=card, sensors=[bad, good], kind="lost", received_at=now, shown_at=now)
    assert [bool(each.case) for each in told] == [False, True]


def test_making_and_revoking_are_on_record_and_told(fleet: Fleet):
    card, _ = card_of(fleet)
    assert told_of(card.about) == TOLD
    revoke_loss_card(card=card, revoked_by=fleet.world.manager)
    revoke_loss_card(card=card, revoked_by=fleet.world.operator)
    rows = AuditEntry.objects.filter(subject=card.about).values_list("action", "actor")
    assert list(rows) == [
        ("loss-card:make", "person:owner@example.org"),
        ("loss-card:revoke", "person:manager@example.org"),
    ]
    assert Mail.objects.filter(about=card.about).count() == 2 * len(TOLD)


def test_a_site_has_one_good_card(fleet: Fleet):
    first, _ = card_of(fleet)
    second, _ = card_of(fleet)
    assert list(LossCard.objects.good()) == [second]
    with pytest.raises(ValidationError, match="since this page was opened"):
        make_loss_card(site=fleet.world.quay, made_by=fleet.world.owner, after=first.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        LossCard.objects.filter(pk=first.pk).update(revoked_at=None, revoked_by=None)


@pytest.mark.parametrize("reporters", ["both", "neither"])
def test_a_case_has_exactly_one_reporter_whatever_code_forgets(fleet: Fleet, reporters: str):
    case = fleet.reported(fleet.enrolled())
    card, _ = card_of(fleet)
    change = {"reported_with": card} if reporters == "both" else {"reported_by": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)


def test_codes_have_no_look_alikes_and_more_than_100_bits():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01258BILOSUVZ")
    assert len(ALPHABET) ** 25 > 2**110
    code = codes.pop()
    assert {digest_of(each) for each in (code.lower(), code.replace("-", ""), f" {code} ")} == {digest_of(code)}
    assert digest_of(code[:-1]) == digest_of("\0") == digest_of("x" * 10_000) != digest_of(code)
