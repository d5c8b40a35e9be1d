from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from accounts.operations.agree_to_invitation import agree_to_invitation
from accounts.operations.request_invitation import ACTION
from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Customer, Person
from tenants.roles import Permission


class _Known(NamedTuple):
    customer: Customer | None
    # Who had the address before, as far as the one who decides may see people.
    person: Person | None


def _look_up(approvals: Sequence[Approval], person: Person) -> dict[UUID, _Known]:
    wanted = [approval.details for approval in approvals]
    keys = {details["customer"] for details in wanted if details["customer"]}
    customers = {str(one.pk): one for one in Customer.objects.visible_to(person).filter(pk__in=keys)}
    emails = {details["email"] for details in wanted}
    people = {one.email: one for one in Person.objects.visible_to(person).filter(email__in=emails)}
    return {
        approval.pk: _Known(customers.get(approval.details["customer"]), people.get(approval.details["email"]))
        for approval in approvals
    }


def _title(approval: Approval, _found: _Known) -> str:
    return f"{approval.details['name']} as {approval.details['role']}"


def _facts(approval: Approval, found: _Known) -> dict[str, str]:
    wanted, known = approval.details, found.person
    return {
        "Name": wanted["name"],
        "Address": wanted["email"],
        "Phone": wanted["phone"],
        "Role": wanted["role"],
        "Customer": str(found.customer or ""),
        "Known": "Had an account before, which was disabled." if known and not known.is_active else "",
    }


def _becomes(approval: Approval, found: _Known) -> list[str]:
    wanted = approval.details
    if wanted["role"] == "manager":
        power = f"sees the boxes of {found.customer}, and can agree that one of them is given back"
    elif wanted["role"] == "auditor":
        power = "sees every customer's sensors"
    else:
        power = "sees every customer's sensors, can give boxes back and let them have their keys"
    return [
        f"{wanted['name']} gets a mail and sets a password. This account {power}.",
        f"It counts as one of two people once its second factor is {settings.SETTLES_AFTER.days} days old.",
        "All of the staff get a mail with both names.",
    ]


def _agree(approval: UUID, person: Person) -> Agreed:
    invited = agree_to_invitation(approval=approval, approved_by=person)
    return Agreed(message=f"{invited} is invited. All of the staff are told, with both your names.")


DECISIONS[ACTION] = Decision(
    title=_title,
    look_up=_look_up,
    facts=_facts,
    becomes=_becomes,
    what="this account",
    until_then="Nobody is invited until another administrator agrees.",
    think_of=lambda _: "Do you know this person? If not, call somebody who does.",
    agree_label="I agree: invite",
    refuse_label="No: do not invite",
    refused="Nobody is invited.",
    agreeing_needs=Permission.PERSON_MANAGE,
    # Who asks is an administrator or a manager of the customer; any of the staff who may change things can say no.
    refusing_needs=frozenset({Permission.PERSON_MANAGE, Permission.SITE_MANAGE}),
    agree=_agree,
)
