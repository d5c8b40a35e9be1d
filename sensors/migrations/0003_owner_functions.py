"""What the people's door may do to addresses, generations and gateways, on PostgreSQL."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "owner_functions.sql"
# With the guards that ask them, which `set_up_database_roles` makes anew.
DROP = """DROP FUNCTION public.sensors_raise_generation(uuid), public.sensors_raise_config_generation(uuid),
    public.sensors_allocate_address(uuid), public.sensors_release_address(bigint), public.sensors_has_open_case(uuid),
    public.sensors_key_may_end(text), public.sensors_closing_is_agreed(uuid),
    public.sensors_gateway_is_agreed(uuid, text, text, integer, text, jsonb),
    public.sensors_gateway_code_is_agreed(uuid, uuid), public.sensors_gateway_is_revoked(text),
    public.sensors_shut_out_gateway(uuid), public.sensors_give_back_gateway(uuid, text) CASCADE"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTIONS.read_text(encoding="utf-8"), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("sensors", "0002_initial")]
    operations = [migrations.RunPython(create, drop)]
