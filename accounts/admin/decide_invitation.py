from uuid import UUID

from django.conf import settings

from accounts.operations.agree_to_invitation import agree_to_invitation
from accounts.operations.request_invitation import ACTION
from tenants.admin.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Customer, Person
from tenants.roles import Permission


def _title(approval: Approval) -> str:
    return f"{approval.details['name']} as {approval.details['role']}"


def _facts(approval: Approval, staff: Person) -> dict[str, str]:
    wanted = approval.details
    customer = Customer.objects.visible_to(staff).filter(pk=wanted["customer"]).first() if wanted["customer"] else None
    known = Person.objects.visible_to(staff).filter(email=wanted["email"]).first()
    return {
        "Name": wanted["name"],
        "Address": wanted["email"],
        "Phone": wanted["phone"],
        "Role": wanted["role"],
        "Customer": str(customer or ""),
        "Known": "Had an account before, which was disabled." if known and not known.is_active else "",
    }


def _think_of(approval: Approval) -> str:
    role = approval.details["role"]
    if role == "manager":
        power = "A customer's manager can agree that a box of theirs is given back."
    elif role == "auditor":
        power = "Staff see every customer's sensors."
    else:
        power = "Staff see every customer's sensors, and can give boxes back and let them have their keys."
    return (
        f"Do you know this person? {power} The account counts as one of two people once its second factor is "
        f"{settings.SETTLES_AFTER.days} days old. All of the staff get a mail with both names."
    )


def _agree(approval: UUID, person: Person) -> Agreed:
    invited = agree_to_invitation(approval=approval, approved_by=person)
    return Agreed(message=f"{invited} is invited. All of the staff are told, with both your names.")


DECISIONS[ACTION] = Decision(
    title=_title,
    facts=_facts,
    what="this account",
    until_then="Nobody is invited until another administrator agrees.",
    think_of=_think_of,
    agree_label="I agree: invite",
    refuse_label="No: do not invite",
    refused="Nobody is invited.",
    agreeing_needs=Permission.PERSON_MANAGE,
    agree=_agree,
    back="admin:tenants_person_changelist",
    back_label="To all people",
)
