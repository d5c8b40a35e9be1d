from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from sensors.models import CertificateRequest

LONGEST = timedelta(hours=1)


def forget_tunnel_keys() -> int:
    """Erase tls-crypt-v2 client keys that were collected (the sensor was seen connected) or are an hour old."""
    seen = Q(sensor__sessions__since__gt=F("signed_at"))
    kept = CertificateRequest.objects.exclude(tunnel_key="")
    done = kept.filter(seen | Q(signed_at__lt=timezone.now() - LONGEST)).values_list("pk", flat=True)
    return CertificateRequest.objects.filter(pk__in=list(done)).update(tunnel_key="")
