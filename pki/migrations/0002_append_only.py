"""Certificates and revocations are only ever added, also by whoever writes SQL by hand."""

from django.db import migrations

from pki import append_only


def protect(apps, schema_editor):
    for table in append_only.TABLES:
        for statement in append_only.create_statements(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for table in append_only.TABLES:
        for statement in append_only.drop_statements(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("pki", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
