"""The first page of a customer's people: all is well, or what needs them, the most urgent first."""

import re
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pki.models import Certificate
from sensors.desk import now_items
from sensors.models import Sensor, SensorContact
from tests.support.fleet import Fleet
from tests.support.signed_in import As
from tests.support.street import held_box, waiting_closing


def tell_of_open_disk(sensor: Sensor) -> None:
    SensorContact.objects.update_or_create(
        sensor=sensor, defaults={"last_heartbeat_at": timezone.now() + timedelta(minutes=1), "disk": "open"}
    )


def labels(client: Client) -> list[str]:
    page = client.get("/").content.decode()
    return re.findall(r'class="now-row">\s*<span class="status status--\w+">(.*?)</span>', page)


def test_all_well_is_one_sentence(fleet: Fleet, signed_in: As):
    for name in ("box-1", "box-2"):
        tell_of_open_disk(fleet.connected(name))
    page = signed_in(fleet.world.owner).get("/").content.decode()
    assert "All is well" in page
    assert "All 2 sensors are connected from where they are expected" in page
    assert "now-row" not in page


def test_what_is_not_proven_is_not_called_well(fleet: Fleet, signed_in: As):
    fleet.connected()
    page = signed_in(fleet.world.owner).get("/").content.decode()
    assert "All is well" not in page
    assert "0 of 1 sensor in service are well" in page or "0 of 1 sensor in service is well" in page


def test_the_most_urgent_comes_first_each_with_its_age_and_a_button(fleet: Fleet, signed_in: As):
    silent = fleet.connected("silent")
    fleet.observe(down=[silent.subject])
    held_box(fleet, "moved")
    fleet.reported(fleet.connected("stolen"))
    waiting_closing(fleet, "found")
    rest = ["Not connected"]
    # Of the box that is held a manager decides, and reads of it once.
    client = signed_in(fleet.world.manager)
    assert labels(client) == ["A decision waits for you", "A decision waits for you", "Being cut off", *rest]
    other = labels(signed_in(fleet.world.owner))
    assert other == ["A decision waits for you", "Being cut off", "Not where expected", *rest]
    page = client.get("/").content.decode()
    assert page.count('class="now-row"') == page.count("Since <time")
    assert page.count('class="now-row"') == len(re.findall(r'id="now-\d"', page))


def test_a_certificate_that_ends_is_told(fleet: Fleet, signed_in: As, monkeypatch):
    tell_of_open_disk(fleet.connected())
    ends = Certificate.objects.order_by("-pk")[0].not_after
    client = signed_in(fleet.world.owner)
    assert labels(client) == []
    monkeypatch.setattr(now_items, "CERTIFICATE_ENDS", ends - timezone.now() + timedelta(days=1))
    assert labels(client) == ["Certificate ends"]


def test_nothing_of_another_customer_is_there(fleet: Fleet, signed_in: As):
    fleet.reported(fleet.connected("theirs", fleet.world.dairy, "198.51.100.22"), by=fleet.world.stranger)
    assert "theirs" not in signed_in(fleet.world.manager).get("/").content.decode()


def test_staff_begin_with_what_needs_somebody_anywhere(fleet: Fleet, signed_in: As):
    fleet.connected("box-1")
    assert signed_in(fleet.world.operator).get("/")["Location"] == "/overview/"


def test_the_number_of_queries_does_not_grow(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.manager)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    def add(start: int) -> None:
        held_box(fleet, f"moved-{start}")
        fleet.reported(fleet.connected(f"stolen-{start}"))
        fleet.observe(down=[fleet.connected(f"silent-{start}").subject])
        fleet.connected(f"well-{start}")

    add(1)
    queries()
    few = queries()
    for number in (2, 3, 4):
        add(number)
    assert queries() == few


def test_it_keeps_itself_up_to_date_without_asking_for_the_count(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.owner)
    page = client.get("/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    assert client.get("/", {"seen": seen[1]}, headers={"HX-Request": "true"}).status_code == 204


def test_while_a_box_is_cut_off_not_all_is_well(fleet: Fleet, signed_in: As):
    tell_of_open_disk(fleet.connected("box-1"))
    fleet.cut_off("box-2")
    page = signed_in(fleet.world.owner).get("/").content.decode()
    assert "All is well" not in page
    assert "1 of 1 sensor in service is well. 1 is cut off." in page
