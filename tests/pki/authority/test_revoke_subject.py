"""Revoking all that a subject has."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.operations.revoke_subject import revoke_subject
from pki.authority.operations.revoke_superseded import revoke_superseded
from pki.authority.x509 import Profile
from pki.models import Certificate, Reason, Revocation

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(authority, signer, csr):
    def issue(subject: str, *, ago: timedelta = timedelta()) -> Certificate:
        return issue_certificate(
            authority=authority,
            profile=Profile.SENSOR,
            subject=subject,
            csr=csr,
            signer=signer,
            now=timezone.now() - ago,
        )

    return issue


def test_it_revokes_current_expired_and_future_ones_and_nobody_elses(issue):
    mine = {
        issue("s-mine"),
        issue("s-mine", ago=timedelta(days=200)),
        issue("s-mine", ago=timedelta(days=-1)),
    }
    stranger = issue("s-stranger")
    made = revoke_subject(subject="s-mine", reason=Reason.KEY_COMPROMISE, now=timezone.now())
    assert {revocation.certificate for revocation in made} == mine
    assert list(Certificate.objects.not_revoked()) == [stranger]


def test_it_returns_only_the_new_rows_and_keeps_earlier_reasons(issue):
    old, new = issue("s-mine"), issue("s-mine")
    revoke_superseded(subject="s-mine", keep=[new.pk], now=timezone.now())
    made = revoke_subject(subject="s-mine", reason=Reason.KEY_COMPROMISE, now=timezone.now())
    assert [revocation.certificate for revocation in made] == [new]
    assert all(revocation.pk for revocation in made)
    assert Revocation.objects.of_subject("s-mine").get(certificate=old).reason == "superseded"
    assert revoke_subject(subject="s-mine", reason=Reason.KEY_COMPROMISE, now=timezone.now()) == []


def test_it_needs_no_key_of_ours(issue, settings):
    issue("s-mine")
    settings.PROCESS = "people"
    settings.CA_KEY_FILE = settings.CA_PASSPHRASE = settings.KEY_ENCRYPTION_KEY = None
    assert revoke_subject(subject="s-mine", reason=Reason.UNSPECIFIED, now=timezone.now())[0].pk


def test_a_subject_without_certificates_is_no_error(db):
    assert revoke_subject(subject="s-nobody", reason=Reason.KEY_COMPROMISE, now=timezone.now()) == []


def test_a_new_box_costs_one_look(issue, django_assert_num_queries):
    issue("s-other")
    with django_assert_num_queries(1):
        assert revoke_subject(subject="s-mine", reason=Reason.KEY_COMPROMISE, now=timezone.now()) == []


def test_it_takes_the_same_few_queries_for_many(issue, django_assert_num_queries):
    for _ in range(20):
        issue("s-mine")
    with django_assert_num_queries(4):
        revoke_subject(subject="s-mine", reason=Reason.KEY_COMPROMISE, now=timezone.now())
    assert Revocation.objects.count() == 20
