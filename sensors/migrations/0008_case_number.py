"""Each case gets a number that can be said on the telephone; those that are there, in the order of their reports."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone

BEFORE_THE_FIRST_NUMBER = 1000


def number_cases(apps: Any, _schema_editor: Any) -> None:
    case, number = (apps.get_model("sensors", name) for name in ("Case", "CaseNumber"))
    for key in list(case.objects.order_by("opened_at", "pk").values_list("pk", flat=True)):
        given = number.objects.create(given_at=timezone.now())
        case.objects.filter(pk=key).update(number=BEFORE_THE_FIRST_NUMBER + given.pk)


class Migration(migrations.Migration):
    dependencies = [("sensors", "0007_gateway_tcp_port")]
    operations = [
        migrations.CreateModel(
            name="CaseNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", models.DateTimeField()),
            ],
            options={"ordering": ("pk",)},
        ),
        migrations.AddField(
            model_name="case",
            name="number",
            field=models.PositiveIntegerField(editable=False, null=True, unique=True),
        ),
        migrations.RunPython(number_cases, migrations.RunPython.noop),
    ]
