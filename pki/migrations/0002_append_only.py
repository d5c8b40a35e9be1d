"""Certificates and revocations are only ever added, also by whoever writes SQL by hand."""

from django.db import migrations

from database.append_only import keep_append_only


class Migration(migrations.Migration):
    dependencies = [("pki", "0001_initial")]
    operations = [
        keep_append_only(
            {
                "pki_certificate": (("id",), ("fingerprint",), ("authority_id", "serial")),
                "pki_revocation": (("id",), ("certificate_id",)),
                "pki_keyretirement": (("id",),),
            }
        )
    ]
