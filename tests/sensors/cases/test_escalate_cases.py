import pytest

from notices.models import Mail
from sensors.cases.operations.escalate_cases import escalate_cases
from sensors.models import Case
from tenants.models import AuditEntry
from tests.support.audit_rows import actions
from tests.support.fleet import Fleet
from tests.support.sensors.making import minutes_pass


@pytest.fixture
def case(fleet: Fleet) -> Case:
    case = fleet.reported(fleet.connected())
    Mail.objects.all().delete()
    return case


def test_within_five_minutes_nobody_is_alarmed(case: Case):
    minutes_pass(4)
    assert escalate_cases() == 0
    assert not Mail.objects.exists()


def test_after_five_minutes_people_are_told_what_is_missing_once(case: Case):
    minutes_pass(6)
    assert escalate_cases() == 1
    assert escalate_cases() == 0
    mails = Mail.objects.filter(about=case.about)
    assert sorted(mails.values_list("recipient", flat=True)) == [
        f"{name}@example.org" for name in ("administrator", "manager", "operator", "owner")
    ]
    assert "NOT YET CONFIRMED" in mails[0].subject
    assert "gateway gateway-1" in mails[0].body
    assert actions(case.about) == ["case:open", "case:escalate"]
    assert AuditEntry.objects.get(action="case:escalate").details == {"unconfirmed": ["gateway-1"]}


def test_a_case_that_was_confirmed_is_left_alone(fleet: Fleet, case: Case):
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    Mail.objects.all().delete()
    minutes_pass(6)
    assert escalate_cases() == 0
    assert not Mail.objects.exists()


def test_half_a_cut_is_still_told(fleet: Fleet, case: Case):
    fleet.observe(cuts=[fleet.cut_of(case.sensor, firewall_closed=False)])
    minutes_pass(6)
    assert escalate_cases() == 1


def test_a_case_that_was_escalated_can_still_be_confirmed(fleet: Fleet, case: Case):
    minutes_pass(6)
    escalate_cases()
    fleet.observe(cuts=[fleet.cut_of(case.sensor)])
    case.refresh_from_db()
    assert case.confirmed_at is not None
    assert case.escalated_at is not None


def test_each_case_is_told_to_its_own_customer(fleet: Fleet, case: Case):
    other = fleet.reported(fleet.enrolled("box-2", fleet.world.dairy), by=fleet.world.stranger)
    Mail.objects.all().delete()
    minutes_pass(6)
    assert escalate_cases() == 2
    told = set(Mail.objects.filter(about=other.about).values_list("recipient", flat=True))
    assert told == {f"{name}@example.org" for name in ("administrator", "operator", "stranger")}
