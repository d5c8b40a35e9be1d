"""What the people's door may do to sealed keys, on PostgreSQL."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "owner_functions.sql"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTIONS.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION public.pki_destroy_retired(text, text)")


class Migration(migrations.Migration):
    dependencies = [("pki", "0003_lists_uncompressed")]
    operations = [migrations.RunPython(create, drop)]
