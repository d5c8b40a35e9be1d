from django.db import transaction

from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import SetupChanges, Site
from tenants.models.setup_level import take_setup


@transaction.atomic
def set_site_setup(*, site: Site, changes: SetupChanges, set_by: Actor) -> Site:
    """For the site's sensors that say nothing of their own. Raises ValidationError."""
    site = Site.objects.select_for_update(of=("self",)).select_related("customer").get(pk=site.pk)
    details = take_setup(site, changes)
    site.save(update_fields=list(changes))
    record_customer_audit(
        customer=site.customer,
        actor=set_by,
        action=AuditAction.SITE_SET_SETUP,
        subject=f"site:{site.pk}",
        details=details,
    )
    return site
