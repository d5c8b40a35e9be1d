from dataclasses import replace

from django.utils import timezone

from sensors.observations import Sighted
from tests.fleet import Fleet


def test_a_sighting_that_is_told_again_is_noted_once(fleet: Fleet):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    seen = Sighted(
        serial=fleet.certificate_of(sensor).serial, source="198.51.100.21", at=timezone.now(), line="refused"
    )
    fleet.observe(sightings=[seen])
    fleet.observe(sightings=[seen, replace(seen, source="203.0.113.9")])
    assert sorted(case.sightings.values_list("source_address", flat=True)) == ["198.51.100.21", "203.0.113.9"]
