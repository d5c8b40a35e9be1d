"""The row lock that a loss report and a key release share: whoever comes second sees what the first has committed."""

from sensors.models import Sensor


def lock_sensor(sensor: Sensor) -> Sensor:
    """The sensor as it is now, its row locked until the transaction ends."""
    rows = Sensor.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("site__customer", "gateway", "underlay_address").get(pk=sensor.pk)
