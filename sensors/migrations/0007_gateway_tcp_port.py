"""A gateway's second port, for sites that let no UDP out, which two people agree upon like the rest of its place."""

from pathlib import Path

import django.core.validators
from django.db import migrations, models

FUNCTION = Path(__file__).parent.parent / "gateway_is_agreed_by_tcp.sql"
DROP = "DROP FUNCTION public.sensors_gateway_is_agreed(uuid, text, text, integer, integer, text, jsonb, smallint) CASCADE"


def create(apps, schema_editor):
    """Beside the one of seven values: the guards that stand ask that until `set_up_database_roles` makes them anew."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("sensors", "0006_setup_facts")]
    operations = [
        migrations.AddField(
            model_name="gateway",
            name="tcp_port",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Where boxes come in whose site lets no UDP out, usually 443. Empty: nowhere.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(65535),
                ],
                verbose_name="TCP port",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
