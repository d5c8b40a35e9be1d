"""Another role for one of a customer's people, where it counts as one of two people."""

from uuid import UUID

from django.conf import settings

from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person
from tenants.operations.agree_to_customer_role import agree_to_customer_role
from tenants.operations.request_customer_role import ACTION
from tenants.roles import Permission


def _facts(approval: Approval, _subject: None) -> dict[str, str]:
    wanted = approval.details
    return {
        "Customer": str(approval.customer or ""),
        "Name": wanted["name"],
        "Address": wanted["email"],
        "Role": wanted["role"],
        "Now": "" if approval.verdict else wanted["before"],
    }


def _becomes(approval: Approval, _subject: None) -> list[str]:
    return [
        f"{approval.details['name']} is {approval.details['role']} of {approval.customer}: reports boxes, decides, and "
        "looks after the customer's people.",
        f"The account counts as one of two people once its second factor is {settings.SETTLES_AFTER.days} days old.",
        "All of the provider's staff and the customer's managers and contacts get a mail with both names.",
    ]


def _agree(approval: UUID, person: Person) -> Agreed:
    raised = agree_to_customer_role(approval=approval, approved_by=person)
    return Agreed(message=f"{raised} has the role. Everybody who could object is told, with both your names.")


DECISIONS[ACTION] = Decision(
    title=lambda approval, _: f"{approval.details['name']} as {approval.details['role']}",
    facts=_facts,
    becomes=_becomes,
    what="this role",
    until_then="The role stays as it is until another manager, or an administrator of the provider, agrees.",
    think_of=lambda _: "Do you know this person, and should they decide for the customer?",
    agree_label="I agree: give the role",
    refuse_label="No: leave it as it is",
    refused="The role stays as it is.",
    agreeing_needs=Permission.PERSON_MANAGE,
    refusing_needs=frozenset({Permission.PERSON_MANAGE, Permission.SITE_MANAGE}),
    agree=_agree,
)
