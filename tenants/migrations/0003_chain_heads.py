"""An entry moves the head of its chain, and nothing else does."""

from django.db import migrations

from tenants.chain_heads import create_statements, drop_statements


def create(apps, schema_editor):
    for statement in create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]
