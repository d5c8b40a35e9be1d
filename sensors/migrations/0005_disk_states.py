"""A box says of its disk that it is absent or mounted, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sensors", "0004_gateway_mssfix")]
    operations = [
        migrations.AlterField(
            model_name="sensorcontact",
            name="disk",
            field=models.CharField(
                blank=True,
                choices=[("absent", "absent"), ("locked", "locked"), ("open", "open"), ("mounted", "mounted")],
                max_length=10,
            ),
        ),
    ]
