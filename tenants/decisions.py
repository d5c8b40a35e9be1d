"""The kinds of requests that two people must want: how each is read, what becomes true, and who decides it.

Each kind enters itself in `DECISIONS`; the page of decisions shows all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from tenants.models import Approval, Customer, Person
from tenants.models.approval import ApprovalQuerySet
from tenants.roles import PROVIDER_PERMISSIONS, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the page says to the one who has agreed. A code is shown this once."""

    message: str
    code: str = ""
    machine: str = ""
    back: str = ""


def _nothing(_approvals: Sequence[Approval], _person: Person) -> Mapping[UUID, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    title: Callable[[Approval, Any], str]
    # What the title, `facts` and `becomes` need of each request, by its key: read for all of a page at once.
    look_up: Callable[[Sequence[Approval], Person], Mapping[UUID, Any]] = _nothing
    facts: Callable[[Approval, Any], dict[str, str]]
    # What becomes true if it is agreed to, each a sentence.
    becomes: Callable[[Approval, Any], list[str]]
    # After "You have asked for" and "Olga asks for".
    what: str
    until_then: str
    think_of: Callable[[Approval], str]
    agree_label: str
    refuse_label: str
    refused: str
    agreeing_needs: Permission
    # One of these is enough to say no.
    refusing_needs: frozenset[Permission]
    agree: Callable[[UUID, Person], Agreed]
    # Where somebody goes on: a URL, or an empty text.
    goes_on: Callable[[Approval, Person], str] = lambda _approval, _person: ""
    goes_on_label: str = ""


DECISIONS: dict[str, Decision] = {}


class Powers:
    """What a person may decide of some requests, in a number of queries that does not grow with them."""

    def __init__(self, person: Person, approvals: Iterable[Approval]) -> None:
        rows = list(approvals)
        self._at_provider = at_provider(person)
        wanted = {need for row in rows for need in _needs(DECISIONS[row.action])}
        customers = {row.customer_id for row in rows if row.customer_id}
        self._customers = {
            need: set(Customer.objects.permitting(person, need).filter(pk__in=customers).values_list("pk", flat=True))
            for need in wanted
            if customers
        }

    def may_agree(self, approval: Approval) -> bool:
        return self._permits(approval, DECISIONS[approval.action].agreeing_needs)

    def may_refuse(self, approval: Approval) -> bool:
        return any(self._permits(approval, need) for need in DECISIONS[approval.action].refusing_needs)

    def _permits(self, approval: Approval, need: Permission) -> bool:
        if approval.customer_id is None:
            return need in self._at_provider
        return approval.customer_id in self._customers[need]


def decidable_by(person: Person, now: datetime) -> ApprovalQuerySet:
    """What waits for this person: they may agree to it or refuse it, and have not asked for it themselves."""
    waiting = Approval.objects.visible_to(person).waiting(now).exclude(requested_by=person)
    # Each page asks this, and mostly nothing waits: what nobody has asked for costs no look at who may decide it.
    asked = set(waiting.order_by().values_list("action", flat=True).distinct())
    kinds: dict[Permission, list[str]] = {}
    for action in sorted(asked & DECISIONS.keys()):
        for need in _needs(DECISIONS[action]):
            kinds.setdefault(need, []).append(action)
    if not kinds:
        return waiting.none()
    own = at_provider(person) & kinds.keys()
    decidable = Q(customer=None, action__in={action for need in own for action in kinds[need]})
    for need, actions in kinds.items():
        decidable |= Q(action__in=actions, customer__in=Customer.objects.permitting(person, need))
    return waiting.filter(decidable)


def at_provider(person: Person) -> frozenset[Permission]:
    """What the person may do where no single customer is concerned."""
    return frozenset().union(*(PROVIDER_PERMISSIONS[role] for role in person.provider_roles()))


def _needs(decision: Decision) -> frozenset[Permission]:
    return decision.refusing_needs | {decision.agreeing_needs}
