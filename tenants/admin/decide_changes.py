"""Networks and policies of a customer whose policy wants two people."""

from collections.abc import Sequence
from uuid import UUID

from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person, Site
from tenants.operations import request_change_policy, request_networks
from tenants.operations.agree_to_change_policy import agree_to_change_policy
from tenants.operations.agree_to_networks import agree_to_networks
from tenants.roles import Permission
from tenants.wide_networks import warnings_of


def _sites(approvals: Sequence[Approval], person: Person) -> dict[UUID, Site]:
    wanted = {approval.pk: approval.details["site"] for approval in approvals}
    sites = {str(site.pk): site for site in Site.objects.visible_to(person).filter(pk__in=wanted.values())}
    return {key: sites[site] for key, site in wanted.items() if site in sites}


def _site(approval: Approval, site: Site | None) -> dict[str, str]:
    return {
        "Customer": str(approval.customer or ""),
        "Site": site.name if site else "",
        "Networks": "\n".join(approval.details["expected_networks"]),
        "Now": "\n".join(site.expected_networks) if site and not approval.verdict else "",
        "Careful": "\n".join(warnings_of(approval.details["expected_networks"])),
    }


def _networks_become(approval: Approval, site: Site | None) -> list[str]:
    networks = ", ".join(approval.details["expected_networks"]) or "no network at all"
    where = f"at {site.name}" if site else "there"
    return [
        f"Boxes {where} are expected from {networks}, and from nowhere else.",
        "From there a box gets the key of its disk without anybody being asked, once the customer's people were told.",
    ]


def _agree_to_networks(approval: UUID, person: Person) -> Agreed:
    site = agree_to_networks(approval=approval, approved_by=person)
    return Agreed(message=f"{site.name} has its new networks. The customer's people are told.")


def _policy(approval: Approval, _subject: None) -> dict[str, str]:
    wanted, customer = approval.details, approval.customer
    now = _in_words(customer.change_delay_minutes, customer.two_people_for_changes) if customer else ""
    return {
        "Customer": str(customer or ""),
        "Policy": _in_words(wanted["change_delay_minutes"], wanted["two_people_for_changes"]),
        "Now": "" if approval.verdict else now,
    }


def _policy_becomes(approval: Approval, _subject: None) -> list[str]:
    minutes, two_people = approval.details["change_delay_minutes"], approval.details["two_people_for_changes"]
    who = "Two people are" if two_people else "One person is"
    return [
        f"The customer's people have {minutes} minutes to object before a change counts.",
        f"{who} enough for an enrolment code, or for other networks of a site.",
    ]


def _in_words(minutes: int, two_people: bool) -> str:  # noqa: FBT001
    return f"{minutes} minutes to object; {'two people' if two_people else 'one person'} for a change"


def _agree_to_policy(approval: UUID, person: Person) -> Agreed:
    customer = agree_to_change_policy(approval=approval, approved_by=person)
    return Agreed(message=f"{customer} has its new policy. A shorter time to object counts once its people were told.")


DECISIONS[request_networks.ACTION] = Decision(
    title=lambda approval, _: f"Other networks for a site of {approval.customer}",
    look_up=_sites,
    facts=_site,
    becomes=_networks_become,
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
    refusing_needs=frozenset({Permission.SITE_MANAGE}),
    agree=_agree_to_networks,
)
DECISIONS[request_change_policy.ACTION] = Decision(
    title=lambda approval, _: f"Less protection for {approval.customer}",
    facts=_policy,
    becomes=_policy_becomes,
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
    refusing_needs=frozenset({Permission.SITE_MANAGE}),
    agree=_agree_to_policy,
)
