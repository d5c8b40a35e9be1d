from datetime import timedelta
from typing import Any

from django.utils import timezone

from sensors.models import Case
from tests.support.fleet import Fleet, seen
from tests.support.signed_in import As


def text_of(client: Any, case: Case) -> str:
    response = client.get(f"/cases/{case.pk}/")
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def test_it_says_being_cut_off_and_what_it_waits_for(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    text = text_of(signed_in(fleet.world.owner), case)
    assert "Being cut off…" in text
    assert '<h1 id="headline">Cut off</h1>' not in text
    assert "the report of gateway gateway-1" in text
    assert text.count("step--pending") == 3


def test_it_says_cut_off_when_the_gateway_has_seen_it(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    text = text_of(signed_in(fleet.world.owner), case)
    assert '<h1 id="headline">Cut off</h1>' in text
    assert "Session gone" in text
    assert "in 40 ms" in text


def test_half_a_cut_is_shown_as_half(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor, session_gone=False)])
    text = text_of(signed_in(fleet.world.owner), case)
    assert "Being cut off…" in text
    assert text.count("step--pending") == 2


def test_it_names_the_gateway_that_has_not_reported(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    Case.objects.update(opened_at=timezone.now() - timedelta(minutes=2))
    text = text_of(signed_in(fleet.world.owner), case)
    assert "No report yet from gateway-1" in text


def test_it_says_told_only_when_the_mails_were_sent(fleet: Fleet, signed_in: As):
    from notices.models import Mail

    case = fleet.reported(fleet.connected())
    client = signed_in(fleet.world.owner)
    assert "0 of 4 sent" in text_of(client, case)
    Mail.objects.filter(about=case.about).update(sent_at=timezone.now())
    assert "4 of 4 sent" in text_of(client, case)


def test_the_step_counts_the_mails_about_the_report_alone(fleet: Fleet, signed_in: As):
    text = text_of(signed_in(fleet.world.owner), fleet.cut_off())
    assert "0 of 4 sent" in text
    assert "8 mails are waiting" in text


def test_sightings_appear_with_time_and_address_as_text(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    client = signed_in(fleet.world.viewer)
    assert "Not seen so far" in text_of(client, case)
    line = "<b>VERIFY ERROR</b>"
    seen(case, line=line)
    text = text_of(client, case)
    assert "203.0.113.7" in text
    assert "&lt;b&gt;VERIFY ERROR&lt;/b&gt;" in text


def test_many_sightings_cost_as_many_queries_as_one(fleet: Fleet, signed_in: As, django_assert_max_num_queries: Any):
    case = fleet.reported(fleet.connected())
    for _ in range(60):
        seen(case, times=20)
    client = signed_in(fleet.world.owner)
    with django_assert_max_num_queries(25):
        text = text_of(client, case)
    assert "1200 times" in text
    assert text.count("20 times") == 50
    assert text.count('<td class="line">') == 50


def test_the_list_shows_ones_own_cases_only(fleet: Fleet, signed_in: As):
    ours = fleet.reported(fleet.connected("box-1"))
    theirs = fleet.reported(fleet.connected("box-2", fleet.world.dairy), by=fleet.world.stranger)
    text = signed_in(fleet.world.viewer).get("/cases/").content.decode()
    assert str(ours.pk) in text
    assert str(theirs.pk) not in text
