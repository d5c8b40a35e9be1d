"""Networks and policies of a customer whose policy wants two people."""

from uuid import UUID

from tenants.admin.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person, Site
from tenants.operations import request_change_policy, request_networks
from tenants.operations.agree_to_change_policy import agree_to_change_policy
from tenants.operations.agree_to_networks import agree_to_networks
from tenants.roles import Permission
from tenants.wide_networks import warnings_of


def _site(approval: Approval, staff: Person) -> dict[str, str]:
    site = Site.objects.visible_to(staff).filter(pk=approval.details["site"]).first()
    return {
        "Customer": str(approval.customer or ""),
        "Site": site.name if site else "",
        "Networks": "\n".join(approval.details["expected_networks"]),
        "Now": "\n".join(site.expected_networks) if site and not approval.verdict else "",
        "Careful": "\n".join(warnings_of(approval.details["expected_networks"])),
    }


def _agree_to_networks(approval: UUID, person: Person) -> Agreed:
    site = agree_to_networks(approval=approval, approved_by=person)
    return Agreed(message=f"{site.name} has its new networks. The customer's people are told.")


def _policy(approval: Approval, _staff: Person) -> dict[str, str]:
    wanted, customer = approval.details, approval.customer
    now = _in_words(customer.change_delay_minutes, customer.two_people_for_changes) if customer else ""
    return {
        "Customer": str(customer or ""),
        "Policy": _in_words(wanted["change_delay_minutes"], wanted["two_people_for_changes"]),
        "Now": "" if approval.verdict else now,
    }


def _in_words(minutes: int, two_people: bool) -> str:  # noqa: FBT001
    return f"{minutes} minutes to object; {'two people' if two_people else 'one person'} for a change"


def _agree_to_policy(approval: UUID, person: Person) -> Agreed:
    customer = agree_to_change_policy(approval=approval, approved_by=person)
    return Agreed(message=f"{customer} has its new policy. A shorter time to object counts once its people were told.")


DECISIONS[request_networks.ACTION] = Decision(
    title=lambda approval: f"Other networks for a site of {approval.customer}",
    facts=_site,
    what="other networks for this site",
    until_then="Nothing changes until another member of the staff agrees.",
    think_of=lambda _: (
        "Has the site really got a new address? Call the customer if you do not know. A box that appears "
        "from one of these networks gets the key of its disk, without anybody being asked."
    ),
    agree_label="I agree: change",
    refuse_label="No: leave it as it is",
    refused="The networks stay as they are.",
    agreeing_needs=Permission.SITE_MANAGE,
    agree=_agree_to_networks,
    back="admin:tenants_site_changelist",
    back_label="To all sites",
)
DECISIONS[request_change_policy.ACTION] = Decision(
    title=lambda approval: f"Less protection for {approval.customer}",
    facts=_policy,
    what="a weaker policy for this customer",
    until_then="Nothing changes until another administrator agrees.",
    think_of=lambda _: (
        "Does the customer want this? The policy says how long the customer's people can object before a "
        "new code, network or permit counts, and whether it takes two people to make one."
    ),
    agree_label="I agree: change",
    refuse_label="No: leave it as it is",
    refused="The policy stays as it is.",
    agreeing_needs=Permission.CUSTOMER_MANAGE,
    agree=_agree_to_policy,
    back="admin:tenants_customer_changelist",
    back_label="To all customers",
)
