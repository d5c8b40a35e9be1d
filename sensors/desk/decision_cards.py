"""Requests for two people, into what the page of decisions shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.decisions import DECISIONS, Decision, Powers
from tenants.models import Approval, Person
from tenants.operations.check_standing import why_not_each


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCard:
    approval: Approval
    decision: Decision
    title: str
    facts: list[tuple[str, str]]
    becomes: list[str]
    think_of: str
    waits: bool
    own: bool
    may_agree: bool
    may_refuse: bool
    why_not: str  # the account does not count; empty if it does

    @property
    def offers_agreement(self) -> bool:
        return self.waits and self.may_agree and not self.own and not self.why_not


def decision_cards(approvals: Sequence[Approval], person: Person, now: datetime) -> list[DecisionCard]:
    """In their order, in a number of queries that does not grow with them. `customer` and people are loaded."""
    powers = Powers(person, approvals)
    subjects: dict[UUID, Any] = {}
    for action in {approval.action for approval in approvals}:
        alike = [approval for approval in approvals if approval.action == action]
        subjects |= DECISIONS[action].look_up(alike, person)
    reasons = why_not_each(person=person, asked_at=[approval.requested_at for approval in approvals])
    cards = []
    for approval, reason in zip(approvals, reasons, strict=True):
        decision, subject = DECISIONS[approval.action], subjects.get(approval.pk)
        may_agree = powers.may_agree(approval)
        cards.append(
            DecisionCard(
                approval=approval,
                decision=decision,
                title=decision.title(approval, subject),
                facts=[(name, value) for name, value in decision.facts(approval, subject).items() if value],
                becomes=decision.becomes(approval, subject),
                think_of=decision.think_of(approval),
                waits=not approval.verdict and approval.expires_at > now,
                own=approval.requested_by_id == person.pk,
                may_agree=may_agree,
                may_refuse=powers.may_refuse(approval),
                why_not=reason if may_agree else "",
            )
        )
    return cards
