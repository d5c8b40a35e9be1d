"""The language and the zone of a page, of a mail, and of what programs are told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from notices.models import Mail
from sensors.fleet.moments import clock_in_words, moment_in_words
from sensors.models import Case, LossCard
from tenants.models import AuditEntry, Person
from tests.support.fleet import Fleet
from tests.support.loss_cards import SHOWN, card_of
from tests.support.signed_in import As
from tests.support.texts import catalogue
from tests.support.world import World

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def speaks(person: Person, language: str, time_zone: str = "") -> None:
    Person.objects.filter(pk=person.pk).update(language=language, time_zone=time_zone)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("headers", "cookie", "title"),
    [
        ({}, "", "Sign in"),
        ({"Accept-Language": "en-US"}, "", "Sign in"),
        (GERMAN, "", "Anmelden"),
        ({"Accept-Language": "fr-CA, en"}, "", "Se connecter"),
        (GERMAN, "fr", "Se connecter"),
        (GERMAN, "xx", "Anmelden"),
        ({"Accept-Language": "zz;q=,;;;" * 200}, "", "Sign in"),
        ({"Accept-Language": "pl"}, "../../etc", "Sign in"),
    ],
)
def test_a_cookie_comes_before_the_browser(db: None, headers: dict[str, str], cookie: str, title: str):
    client = Client(headers=headers)
    client.cookies["language"] = cookie
    assert f"<h1>{title}</h1>" in text(client.get("/accounts/login/"))


def test_the_installations_language_is_for_who_names_none(db: None, settings: Any):
    settings.DEFAULT_LANGUAGE = "fr"
    assert "<h1>Se connecter</h1>" in text(Client().get("/accounts/login/"))
    assert "<h1>Anmelden</h1>" in text(Client(headers=GERMAN).get("/accounts/login/"))


def test_a_persons_choice_comes_before_cookie_and_browser(fleet: Fleet, signed_in: As):
    speaks(fleet.world.owner, "fr")
    client = signed_in(fleet.world.owner)
    client.cookies["language"] = "de"
    answer = client.get("/report/", headers=GERMAN)
    assert '<html lang="fr">' in text(answer)
    assert answer["Content-Language"] == "fr"


def test_a_page_in_one_language_is_no_answer_for_another(db: None):
    vary = Client().get("/accounts/login/")["Vary"].split(", ")
    assert {"Accept-Language", "Cookie"} <= set(vary)


def test_the_next_of_the_thread_is_english_again(db: None):
    Client(headers=GERMAN).get("/accounts/login/")
    assert translation.get_language() == "en-gb"


@pytest.mark.parametrize("path", ["/", "/sensors/", "/accounts/2fa/", "/decisions/"])
def test_what_is_not_translated_is_english_as_a_whole(fleet: Fleet, signed_in: As, path: str):
    speaks(fleet.world.owner, "de")
    page = text(signed_in(fleet.world.owner).get(path))
    assert '<html lang="en">' in page
    assert "Sign out" in page


@pytest.mark.parametrize("language", ["de", "fr"])
def test_nothing_that_is_stored_is_in_the_language_of_the_page(fleet: Fleet, signed_in: As, language: str):
    """A mail is: it is for its reader alone."""
    sensor, owner = fleet.connected(), fleet.world.owner
    speaks(owner, language)
    client = signed_in(owner)
    client.post(f"/sensors/{sensor.pk}/report/", {"kind": "stolen"})
    case = Case.objects.get()
    client.post(f"/cases/{case.pk}/note/", {"text": "Seen on the quay."})
    client.post(f"/cards/{fleet.world.quay.pk}/", {"after": "0"})
    client.post(f"/cards/{fleet.world.quay.pk}/", {"revoke": str(LossCard.objects.get().pk)})
    client.post("/accounts/language/", {"language": language, "time_zone": "Europe/Paris"})
    assert AuditEntry.objects.filter(action__in=("case:open", "case:note", "loss-card:make")).count() == 3
    assert stored_in(language) == []
    # That it would be found.
    Case.objects.update(note={"de": "Gestohlen.", "fr": "Session coupée."}[language])
    assert stored_in(language)


def stored_in(language: str) -> list[str]:
    """Texts of the catalogue that stand in any row of any table but the outbox."""
    tables = (model._default_manager.all() for model in apps.get_models() if model is not Mail)
    stored = "".join(str(list(rows.values())) for rows in tables)
    told = ((message.text, text) for message in catalogue(language).values() for text in message.translations.values())
    return [said for text, said in told if len(said) > 7 and "%(" not in said and said != text and said in stored]


def test_programs_are_answered_in_english_and_in_utc(fleet: Fleet, signed_in: As):
    sensor = fleet.connected()
    speaks(fleet.world.owner, "de", "Europe/Berlin")
    client = signed_in(fleet.world.owner)
    case = fleet.reported(sensor)
    answer = client.get(f"/api/v1/cases/{case.pk}/", headers=GERMAN)
    assert "Content-Language" not in answer
    assert answer.json()["received_at"].endswith("Z")
    refused = client.post(
        f"/api/v1/sensors/{sensor.pk}/report-loss/", {"kind": "eaten"}, "application/json", headers=GERMAN
    )
    assert "valid choice" in text(refused)


def test_each_reads_a_mail_in_the_own_language_and_time(fleet: Fleet):
    world = fleet.world
    sensor = fleet.connected()
    speaks(world.owner, "de", "Europe/Berlin")
    speaks(world.manager, "fr")
    fleet.reported(sensor)
    mails = {mail.recipient: mail for mail in Mail.objects.filter(kind="case_opened")}
    german, french = mails[world.owner.email], mails[world.manager.email]
    english = mails[world.operator.email]
    assert german.subject.endswith(f"Sensor {sensor.name} von Harbour Logistics wird gesperrt")
    assert " UTC)" in german.body
    assert "CE" in german.body
    assert "blocage en cours" in french.subject
    assert english.subject.endswith(f"sensor {sensor.name} of Harbour Logistics is being cut off")
    assert "UTC)" not in english.body


def test_a_mail_that_is_not_translated_is_english_as_a_whole(fleet: Fleet, settings: Any):
    settings.PROVIDER_PHONE = "+44 20 7946 0100"
    speaks(fleet.world.owner, "de")
    settings.STILL_ENGLISH_MAILS = {"case_opened"}
    fleet.reported(fleet.connected())
    mail = Mail.objects.get(kind="case_opened", recipient=fleet.world.owner.email)
    assert "Call us, day and night" in mail.body


def test_who_has_no_choice_is_written_to_in_the_installations_language(fleet: Fleet, settings: Any):
    settings.DEFAULT_LANGUAGE = "de"
    fleet.reported(fleet.connected())
    assert all("wird gesperrt" in mail.subject for mail in Mail.objects.filter(kind="case_opened"))


MOMENT = datetime(2026, 12, 31, 23, 12, 45, 678000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en-gb", "UTC", "31 Dec 2026, 23:12:45 UTC"),
        ("en-gb", "Europe/London", "31 Dec 2026, 23:12:45 UTC"),
        ("en-gb", "Europe/Berlin", "1 Jan 2027, 00:12:45 CET (31 Dec, 23:12:45 UTC)"),
        ("de", "America/New_York", "31. Dez 2026, 18:12:45 EST (23:12:45 UTC)"),
        ("fr", "Asia/Kolkata", "1 jan 2027, 04:42:45 IST (31 déc, 23:12:45 UTC)"),
    ],
)
def test_a_moment_has_utc_beside_it(language: str, zone: str, words: str):
    from django.utils import timezone

    with translation.override(language), timezone.override(zone):
        assert str(moment_in_words(MOMENT)) == words
        assert str(clock_in_words(MOMENT)).startswith(words.rpartition("20")[2][4:].split(" ")[0])


def test_the_switch_keeps_a_cookie_and_leads_back_to_our_own_pages_alone(db: None):
    client = Client()
    answer = client.post("/accounts/language/switch/", {"language": "de", "next": "/accounts/login/?next=/report/"})
    assert answer["Location"] == "/accounts/login/?next=/report/"
    assert client.cookies["language"].value == "de"
    assert "<h1>Anmelden</h1>" in text(client.get("/accounts/login/"))
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"):
        answer = client.post("/accounts/language/switch/", {"language": "fr", "next": elsewhere})
        assert answer["Location"] == "/accounts/login/"


def test_a_language_that_is_not_there_sets_no_cookie(db: None):
    client = Client()
    client.post("/accounts/language/switch/", {"language": "de\r\nSet-Cookie: a=b", "next": "/"})
    assert "language" not in client.cookies


def test_a_card_keeps_what_was_typed_and_chosen(fleet: Fleet):
    sensor = fleet.connected()
    code = card_of(fleet)[1]
    client = Client()
    page = text(client.post("/card/", {"code": "ACDEF", "language": "de"}))
    assert 'value="ACDEF"' in page
    assert "Ein Gerät ist verloren" in page
    shown = SHOWN.search(text(client.post("/card/", {"code": code})))
    assert shown
    chosen = {"code": code, "shown": shown[1], "kind": "stolen", "sensor": str(sensor.pk), "language": "fr"}
    page = text(client.post("/card/", chosen))
    assert "Bloquer maintenant" in page
    assert f'value="{sensor.pk}" checked' in page
    assert page.count("checked") == 2
    assert not Case.objects.exists()


def test_the_own_page_offers_and_keeps_it(world: World, signed_in: As):
    client = signed_in(world.owner)
    assert "Europe/Berlin" in text(client.get("/accounts/language/"))
    answer = client.post("/accounts/language/", {"language": "fr", "time_zone": "Europe/Paris"}, follow=True)
    assert "Votre langue et votre fuseau horaire sont enregistrés." in text(answer)
    refused = client.post("/accounts/language/", {"language": "fr", "time_zone": "../../etc"})
    assert refused.status_code == 422
    assert "Ce fuseau horaire n" in text(refused)
