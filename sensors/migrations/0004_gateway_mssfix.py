"""The largest packet of a gateway's tunnels, which two people agree upon like the rest of its place."""

from pathlib import Path

import django.core.validators
from django.db import migrations, models

FUNCTION = Path(__file__).parent.parent / "gateway_is_agreed.sql"
DROP = "DROP FUNCTION public.sensors_gateway_is_agreed(uuid, text, text, integer, text, jsonb, smallint) CASCADE"


def create(apps, schema_editor):
    """Beside the one of six values: the guards that stand ask that until `set_up_database_roles` makes them anew."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("sensors", "0003_owner_functions")]
    operations = [
        migrations.AddField(
            model_name="gateway",
            name="mssfix",
            field=models.PositiveSmallIntegerField(
                db_default=1400,
                default=1400,
                help_text="In bytes, on the line (OpenVPN: mssfix). Lower it if long downloads through a tunnel stand still.",
                validators=[
                    django.core.validators.MinValueValidator(1000),
                    django.core.validators.MaxValueValidator(1500),
                ],
                verbose_name="largest packet",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
