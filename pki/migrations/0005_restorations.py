"""What is known of the time between a backup and its restoration."""

import django.db.models.deletion
from django.db import migrations, models

from database.append_only import keep_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('pki', '0004_owner_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Restoration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('backup_made_at', models.DateTimeField()),
                ('restored_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RecalledSerials',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told_by', models.CharField(max_length=64)),
                ('part', models.PositiveIntegerField()),
                ('is_last', models.BooleanField()),
                ('serials', models.JSONField()),
                ('told_at', models.DateTimeField()),
                ('restoration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recalled', to='pki.restoration')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('restoration', 'told_by', 'part'), name='pki_recalled_part_once')],
            },
        ),
        keep_append_only({"pki_recalledserials": (("id",), ("restoration_id", "told_by", "part"))}),
    ]
