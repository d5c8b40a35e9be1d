"""What becomes of a case, once a second person agrees."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.urls import reverse

from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import OUTCOMES
from sensors.models import Case, CaseOutcome
from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person
from tenants.roles import Permission

_BECOMES: dict[CaseOutcome, tuple[str, ...]] = {
    CaseOutcome.WRITTEN_OFF: (
        "The key to its recordings is destroyed for good. Nobody can read them again. Backups of the portal made "
        "before still hold the sealed key.",
        "The sensor is retired and its address becomes free.",
    ),
    CaseOutcome.GIVEN_BACK: (
        "It may enrol again, with a new one-time code.",
        "The old key to its recordings is never given out again: its disk has to be formatted again.",
    ),
    CaseOutcome.FALSE_ALARM: (
        "It may enrol again, with a new one-time code, and then gets the key to its recordings again.",
    ),
}
_THINK_OF: dict[CaseOutcome, str] = {
    CaseOutcome.WRITTEN_OFF: "Can it still turn up, and would its recordings be wanted then?",
    CaseOutcome.GIVEN_BACK: "Has somebody whom you know held it in their hands: seal, disk and serial number?",
    CaseOutcome.FALSE_ALARM: "Agree only if it never left our hands.",
}
_LABELS: dict[CaseOutcome, str] = {
    CaseOutcome.WRITTEN_OFF: "write it off",
    CaseOutcome.GIVEN_BACK: "give it back",
    CaseOutcome.FALSE_ALARM: "a false alarm",
}


def _cases(approvals: Sequence[Approval], person: Person) -> dict[UUID, Case]:
    wanted = {approval.pk: approval.about.removeprefix("case:") for approval in approvals}
    visible = Case.objects.visible_to(person).with_reporter()
    cases = {str(case.pk): case for case in visible.filter(pk__in=wanted.values())}
    return {key: cases[case] for key, case in wanted.items() if case in cases}


def _facts(approval: Approval, case: Case | None) -> dict[str, str]:
    if case is None:
        return {"Customer": str(approval.customer or "")}
    sensor = case.sensor
    return {
        "Sensor": sensor.name,
        "What": sensor.description,
        "Serial number": sensor.hardware_serial,
        "Site": f"{sensor.site.name}, {sensor.customer}",
        "Reported": f"{case.kind}, by {case.reporter}, {case.received_at:%-d %b %Y, %H:%M} UTC",
    }


def _agree(approval: UUID, person: Person) -> Agreed:
    """Raises ValidationError, also where the request was decided meanwhile."""
    asked = Approval.objects.visible_to(person).filter(pk=approval).first()
    case = _cases([asked], person).get(approval) if asked else None
    if case is None:
        raise ValidationError("This was decided meanwhile.")
    closed = close_case(case=case, approval=approval, approved_by=person)
    return Agreed(message=f"{closed.sensor.name}: {closed.get_outcome_display()}. Everybody concerned gets a mail.")


def _enter(action: str, outcome: CaseOutcome) -> None:
    DECISIONS[action] = Decision(
        title=lambda _, case: f"{case.sensor.name}: {outcome.label.lower()}?" if case else f"{outcome.label}?",
        look_up=_cases,
        facts=_facts,
        becomes=lambda _approval, _case: [
            *_BECOMES[outcome],
            "Its old certificates stay revoked.",
            "Everybody concerned gets a mail with both names.",
        ],
        what="this case to be closed",
        until_then="It stays cut off until somebody else agrees.",
        think_of=lambda _: _THINK_OF[outcome],
        agree_label=f"I agree: {_LABELS[outcome]}",
        refuse_label="No: it stays cut off",
        refused="It stays cut off.",
        agreeing_needs=Permission.APPROVAL_GIVE,
        refusing_needs=frozenset({Permission.LOSS_REPORT}),
        agree=_agree,
        goes_on=lambda approval, _person: reverse("case", args=[approval.about.removeprefix("case:")]),
        goes_on_label="To the case",
    )


for _action, _outcome in OUTCOMES.items():
    _enter(_action, _outcome)
