"""What the people's door may do to sealed keys, on PostgreSQL."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "owner_functions.sql"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTIONS.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # With the guard that asks the second, which `set_up_database_roles` makes anew.
        schema_editor.execute(
            "DROP FUNCTION public.pki_destroy_retired(text, text), public.pki_list_entry(bigint, text, timestamptz) CASCADE"
        )


class Migration(migrations.Migration):
    dependencies = [("pki", "0003_lists_uncompressed")]
    operations = [migrations.RunPython(create, drop)]
