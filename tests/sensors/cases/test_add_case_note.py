import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from notices.models import Mail
from sensors.cases.operations import add_case_note as notes
from sensors.cases.operations.add_case_note import add_case_note
from sensors.cases.operations.report_loss import report_loss
from sensors.models import Case, CaseNote
from tenants.models import AuditEntry
from tests.support.fleet import Fleet


def texts(case: Case) -> list[str]:
    return list(case.notes.values_list("text", flat=True))


def test_a_note_is_kept_with_name_and_time_and_the_others_are_told(fleet: Fleet):
    case = fleet.cut_off()
    before = timezone.now()
    note = add_case_note(case=case, text=" Police: 4711 ", written_by=fleet.world.owner)
    assert (note.text, note.written_by) == ("Police: 4711", fleet.world.owner)
    assert note.written_at >= before
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.details) == ("case:note", case.about, {"text": "Police: 4711"})
    told = Mail.objects.filter(subject__contains=" Note: ").values_list("recipient", flat=True)
    assert set(told) == {f"{name}@example.org" for name in ("administrator", "manager", "operator")}


def test_pressed_twice_it_is_one_note(fleet: Fleet):
    case = fleet.cut_off()
    for _ in range(2):
        add_case_note(case=case, text="Found.", written_by=fleet.world.owner)
    add_case_note(case=case, text="Found.", written_by=fleet.world.manager)
    assert texts(case) == ["Found.", "Found."]


@pytest.mark.parametrize("text", ["", "  ", "x" * 4101, "a\0b"])
def test_an_empty_or_odd_note_is_refused(fleet: Fleet, text: str):
    case = fleet.cut_off()
    with pytest.raises(ValidationError):
        add_case_note(case=case, text=text, written_by=fleet.world.owner)
    assert not CaseNote.objects.exists()


def test_a_case_holds_so_many_and_no_more(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notes, "MOST_NOTES", 2)
    case = fleet.cut_off()
    for number in range(2):
        add_case_note(case=case, text=f"{number}", written_by=fleet.world.owner)
    with pytest.raises(ValidationError, match="2 notes"):
        add_case_note(case=case, text="one more", written_by=fleet.world.owner)
    assert add_case_note(case=case, text="0", written_by=fleet.world.owner).text == "0"


def again(fleet: Fleet, case: Case, *, note: str = "", callback_phone: str = "") -> None:
    report_loss(
        sensor=case.sensor,
        kind="lost",
        reported_by=fleet.world.manager,
        received_at=timezone.now(),
        note=note,
        callback_phone=callback_phone,
    )


def test_what_a_second_reporter_wrote_is_not_lost(fleet: Fleet):
    case = fleet.reported(fleet.connected())
    again(fleet, case, note="The window is broken.", callback_phone="+44 20 7946 0190")
    assert texts(case) == ["The window is broken.\nPhone: +44 20 7946 0190"]
    assert case.notes.get().written_by == fleet.world.manager


def test_a_report_is_taken_though_its_words_find_no_room(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notes, "MOST_NOTES", 0)
    case = fleet.reported(fleet.connected())
    again(fleet, case, note="x" * 4000, callback_phone="+" + "1" * 39)
    assert texts(case) == []
    monkeypatch.setattr(notes, "MOST_NOTES", 1)
    again(fleet, case, note="x" * 4000, callback_phone="+" + "1" * 39)
    assert len(texts(case)[0]) == 4048


def test_the_same_report_sent_twice_leaves_no_note(fleet: Fleet):
    sensor = fleet.connected()
    for _ in range(2):
        case = report_loss(
            sensor=sensor, kind="stolen", note="Gone.", reported_by=fleet.world.owner, received_at=timezone.now()
        )
    again(fleet, case)
    assert texts(case) == []
