"""A database was restored from a backup: what it holds of the time before is no longer to be relied on."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from pki.models import Restoration
from sensors.models import CertificateRequest, EnrolmentCode, Gateway, KeyPermit, Session, SessionQuestion
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_provider_audit
from tenants.models import Approval

WHY = "the portal was restored from a backup"


@transaction.atomic(durable=True)
def begin_restoration(*, backup_made_at: datetime, begun_by: Actor) -> Restoration:
    """Before any process of the portal is started on it. Keys are held and nothing is signed until it is settled.
    What loaded the database has marked it as restored, in the transaction of the rest; this may be done again.

    What was good once only ends here: a code, a permit or a request may have been used, refused or ended since.
    """
    now = timezone.now()
    restoration, _ = Restoration.objects.open().get_or_create(
        backup_made_at=backup_made_at, defaults={"restored_at": now}
    )
    EnrolmentCode.objects.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    CertificateRequest.objects.waiting().update(refused_because=WHY, code_proof="")
    CertificateRequest.objects.update(tunnel_key="")
    KeyPermit.objects.usable(now).update(expires_at=now)
    Approval.objects.waiting(now).update(expires_at=now)
    Session.objects.filter(ended_at=None).update(ended_at=now)
    SessionQuestion.objects.all().delete()
    # Each gateway's question for news is answered at once, and asks it for what it knows.
    Gateway.objects.update(generation=F("generation") + 1)
    record_provider_audit(
        actor=begun_by,
        action=AuditAction.RESTORATION_BEGIN,
        subject=f"restoration:{restoration.pk}",
        details={"backup_made_at": backup_made_at.isoformat()},
    )
    return restoration
