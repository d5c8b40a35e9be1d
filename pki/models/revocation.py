"""Revocations: rows of their own that are never changed or deleted, see `pki.append_only`."""

from django.db import connections, models
from django.utils import timezone
from psycopg.pq import Format

from pki.models.authority import Authority
from pki.models.certificate import Certificate


class Reason(models.TextChoices):
    """The reasons of RFC 5280 section 5.3.1 that are final; `pki.authority.crl` says which are left out and why."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def of_authority(self, authority: Authority) -> "RevocationQuerySet":
        return self.filter(certificate__authority=authority)

    def of_subject(self, subject: str) -> "RevocationQuerySet":
        return self.filter(certificate__subject=subject)

    def joined_entries(self) -> tuple[bytes, int]:
        """Their elements of the revocation list, one after the other in any order, and how many they are."""
        entries = self.order_by().values_list("entry_der")
        connection = connections[self.db]
        if connection.vendor != "postgresql":
            rows = [entry for (entry,) in entries]
            return b"".join(rows), len(rows)
        # One value instead of 100,000 rows, and as it is: in the text format it would be twice as long, in hexadecimal.
        written, parameters = entries.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.cursor.format = Format.BINARY
            # What is put in is the ORM's own SQL.
            joined = f"SELECT string_agg(entry_der, ''::bytea), count(*) FROM ({written}) AS entries"  # noqa: S608
            cursor.execute(joined, parameters)
            octets, count = cursor.fetchone()
        return octets or b"", count


class Revocation(models.Model):
    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    revoked_at = models.DateTimeField(default=timezone.now)
    # This certificate's element of the revocation list, encoded once, see `pki.authority.crl`.
    entry_der = models.BinaryField()

    objects = RevocationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.reason}"
