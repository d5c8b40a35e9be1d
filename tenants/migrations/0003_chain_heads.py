"""An entry moves the head of its chain, and nothing else does."""

from pathlib import Path

from django.db import migrations

DROP = {
    "sqlite": "DROP TRIGGER tenants_auditentry_follows",
    "postgresql": "DROP FUNCTION public.tenants_auditentry_follow() CASCADE",
}


def create(apps, schema_editor):
    """Raises FileNotFoundError for a database that we have no triggers for: better no migration than an open table."""
    file = Path(__file__).parent.parent / f"chain_heads.{schema_editor.connection.vendor}.sql"
    schema_editor.execute(file.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    schema_editor.execute(DROP[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]
