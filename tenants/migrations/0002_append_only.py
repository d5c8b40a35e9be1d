"""Audit entries and what was done to accounts are only ever added, also by whoever writes SQL by hand."""

from django.db import migrations

from database.append_only import keep_append_only


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [
        keep_append_only(
            {
                "tenants_auditentry": (("id",), ("chain_id", "sequence")),
                "tenants_accountchange": (("id",),),
            }
        )
    ]
