"""Serving the revocation list."""

import pytest
from cryptography import x509
from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.operations.revoke_subject import revoke_subject
from pki.models import Reason

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pki.authority.urls")]
URL = "/pki/main.crl"


@pytest.fixture
def published(authority, signer, settings):
    crl = publish_crl(authority=authority, signer=signer, now=timezone.now())
    # From here on the process is one that holds no key.
    settings.PROCESS = "people"
    settings.CA_KEY_FILE = settings.CA_PASSPHRASE = None
    return crl


def test_anybody_gets_the_newest_list_in_der(client, published):
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pkix-crl"
    assert answer.content == bytes(published.der)
    assert x509.load_der_x509_crl(answer.content).next_update_utc == published.next_update


def test_whoever_has_it_already_is_told_so(client, published):
    first = client.get(URL)
    same = client.get(URL, headers={"if-none-match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    unchanged = client.get(URL, headers={"if-modified-since": first["Last-Modified"]})
    assert unchanged.status_code == 304


def test_a_new_list_has_a_new_tag(client, authority, certificate, signer):
    publish_crl(authority=authority, signer=signer, now=timezone.now())
    first = client.get(URL)
    revoke_subject(subject=certificate.subject, reason=Reason.KEY_COMPROMISE, now=timezone.now())
    publish_crl(authority=authority, signer=signer, now=timezone.now())
    second = client.get(URL, headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert second["ETag"] != first["ETag"]


def test_an_unknown_authority_and_one_without_a_list_look_the_same(client, authority):
    for name in ("main", "other"):
        assert client.get(f"/pki/{name}.crl").status_code == 404


def test_it_only_reads(client, published):
    assert client.post(URL).status_code == 405
    head = client.head(URL)
    assert (head.status_code, head.content) == (200, b"")


def test_it_takes_one_query_and_writes_nothing(client, published, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(URL)
