"""Serving what was signed before: this door holds no key and signs nothing."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from pki.models import CertificateRevocationList


@require_safe
def certificate_revocation_list(request: HttpRequest, authority_name: str) -> HttpResponseBase:
    """The newest list in DER (RFC 5280 section 4.2.1.13, RFC 2585 section 4.2)."""
    newest = CertificateRevocationList.objects.of_authority_named(authority_name).newest()
    if newest is None:
        raise Http404
    der = bytes(newest.der)
    etag = f'"{sha256(der).hexdigest()}"'
    last_modified = int(newest.created_at.timestamp())
    response = HttpResponse(der, content_type="application/pkix-crl")
    response["ETag"] = etag
    response["Last-Modified"] = http_date(last_modified)
    # Ask each time whether there is a newer one: a list may change at any moment.
    response["Cache-Control"] = "no-cache"
    conditional = get_conditional_response(request, etag=etag, last_modified=last_modified, response=response)
    return conditional or response
