"""A box goes to another site or gateway, which its customer's people are told of before it counts."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


FUNCTIONS = Path(__file__).parent.parent / "sensor_moves.sql"
# What 0003 made stays as it is here: it tells one gateway more, which does no harm.
DROP = "DROP FUNCTION public.sensors_move_is_noted(uuid, uuid, uuid, uuid, bigint) CASCADE"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTIONS.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):

    dependencies = [
        ('sensors', '0008_case_number'),
        ('tenants', '0005_setup_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='SensorMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved_by', models.CharField(max_length=280)),
                ('moved_at', models.DateTimeField()),
                ('announced_at', models.DateTimeField(null=True)),
                ('from_address', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sensors.underlayaddress')),
                ('from_gateway', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sensors.gateway')),
                ('from_site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.site')),
                ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='sensors.sensor')),
                ('to_gateway', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sensors.gateway')),
                ('to_site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.site')),
            ],
            options={
                'indexes': [models.Index(fields=['sensor', '-id'], name='move_newest')],
            },
        ),
        migrations.RunPython(create, drop),
    ]
