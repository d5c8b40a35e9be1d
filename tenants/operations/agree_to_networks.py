"""Another person agrees: the site has its new networks."""

from uuid import UUID

from django.db import transaction

from tenants.models import Approval, Person, Site
from tenants.operations.change_site import change_site
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.operations.request_networks import ACTION
from tenants.roles import Permission


@transaction.atomic(durable=True)
def agree_to_networks(*, approval: UUID, approved_by: Person) -> Site:
    """`approval` names what `approved_by` has read. Raises ValidationError."""
    asked = Approval.objects.undecided().filter(pk=approval, action=ACTION).first()
    if asked is None:
        raise ApprovalRefused("This was decided meanwhile.")
    site = Site.objects.select_for_update(of=("self",)).get(pk=asked.details["site"])
    with using_approval(
        approval=approval,
        about=asked.about,
        approved_by=approved_by,
        agreeing_needs=Permission.SITE_MANAGE,
        still_needs=Permission.SITE_MANAGE,
    ) as agreed:
        return change_site(
            site=site,
            name=site.name,
            expected_networks=agreed.details["expected_networks"],
            changed_by=agreed.requested_by.actor,
            agreed=agreed,
        )
