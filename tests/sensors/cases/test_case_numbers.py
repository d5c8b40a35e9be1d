"""A case has a short number, which is what people say on the telephone."""

from notices.models import Mail
from tests.support.fleet import Fleet


def test_numbers_follow_one_another_from_1001(fleet: Fleet):
    first, second = (fleet.reported(fleet.enrolled(name)) for name in ("box-1", "box-2"))
    assert first.number is not None
    assert first.number > 1000
    assert second.number == first.number + 1
    assert first.called == f"C-{first.number}"


def test_a_second_report_uses_up_no_number(fleet: Fleet):
    sensor = fleet.enrolled()
    first, again, next_one = fleet.reported(sensor), fleet.reported(sensor), fleet.reported(fleet.enrolled("box-2"))
    assert (again.number, next_one.number) == (first.number, (first.number or 0) + 1)


def test_its_mails_begin_with_it(fleet: Fleet):
    case = fleet.cut_off()
    subjects = set(Mail.objects.filter(about=case.about).values_list("subject", flat=True))
    assert len(subjects) == 2
    assert all(subject.startswith(f"{case.called} ") for subject in subjects)
