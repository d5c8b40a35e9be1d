"""The kinds of requests that are decided on the admin's page for it: how each is read, and what agreeing does."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tenants.models import Approval, Person
from tenants.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the page says to the one who has agreed. A code is shown this once."""

    message: str
    code: str = ""
    machine: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    title: Callable[[Approval], str]
    facts: Callable[[Approval, Person], dict[str, str]]
    # After "You have asked for" and "Olga asks for".
    what: str
    until_then: str
    think_of: Callable[[Approval], str]
    agree_label: str
    refuse_label: str
    refused: str
    agreeing_needs: Permission
    agree: Callable[[UUID, Person], Agreed]
    back: str  # the name of a URL
    back_label: str
    # Where somebody goes on once it is agreed to: a URL, or an empty text.
    goes_on: Callable[[Approval, Person], str] = lambda _approval, _person: ""
    goes_on_label: str = ""

    def may_agree(self, approval: Approval, person: Person) -> bool:
        if approval.customer:
            return approval.customer.permits(person, self.agreeing_needs)
        return person.permits_at_provider(self.agreeing_needs)


DECISIONS: dict[str, Decision] = {}
