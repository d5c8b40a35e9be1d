"""PostgreSQL would try to compress each revocation list, which takes longer than all else: serials are random."""

from django.db import migrations


def _set_storage(schema_editor, storage):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE pki_certificaterevocationlist ALTER COLUMN der SET STORAGE {storage}")


def keep_as_they_are(apps, schema_editor):
    _set_storage(schema_editor, "EXTERNAL")


def compress(apps, schema_editor):
    _set_storage(schema_editor, "EXTENDED")


class Migration(migrations.Migration):
    dependencies = [("pki", "0002_append_only")]
    operations = [migrations.RunPython(keep_as_they_are, compress)]
