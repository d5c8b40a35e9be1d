import re

from django.test import Client

from sensors.models import CaseNote
from tests.support.fleet import Fleet
from tests.support.signed_in import As


def test_a_contact_adds_a_note_and_everybody_reads_it_as_it_was_written(fleet: Fleet, signed_in: As):
    case, contact = fleet.cut_off(), signed_in(fleet.world.owner)
    path = f"/cases/{case.pk}/note/"
    assert path in contact.get(f"/cases/{case.pk}/").content.decode()
    answer = contact.post(path, {"text": "Found <b>in</b> the cellar."}, follow=True)
    assert "Your note is kept" in answer.content.decode()
    page = signed_in(fleet.world.viewer).get(f"/cases/{case.pk}/").content.decode()
    assert "Found &lt;b&gt;in&lt;/b&gt; the cellar." in page
    assert path not in page


def test_what_was_typed_is_not_lost_when_it_is_refused(fleet: Fleet, signed_in: As):
    case = fleet.cut_off()
    answer = signed_in(fleet.world.owner).post(f"/cases/{case.pk}/note/", {"text": "x" * 4101})
    assert answer.status_code == 422
    assert "x" * 4101 in answer.content.decode()
    assert not CaseNote.objects.exists()


def test_the_cases_page_asks_how_to_reach_the_reporter_and_the_others_are_told(fleet: Fleet, signed_in: As):
    case, contact = fleet.cut_off(), signed_in(fleet.world.owner)
    path = f"/cases/{case.pk}/"
    assert "How do we reach you?" in contact.get(path).content.decode()
    contact.post(f"{path}note/", {"callback_phone": " +1 555\n0100", "text": "Rack 2 is empty."})
    assert CaseNote.objects.get().text == "Rack 2 is empty.\nPhone: +1 555 0100"
    text = contact.get(path).content.decode()
    assert "How do we reach you?" not in text
    assert "Add a note" in text


def test_a_number_alone_is_enough_and_nothing_is_not(fleet: Fleet, signed_in: As):
    case, contact = fleet.cut_off(), signed_in(fleet.world.owner)
    path = f"/cases/{case.pk}/note/"
    assert contact.post(path, {"callback_phone": "", "text": " "}).status_code == 422
    assert contact.post(path, {"callback_phone": "1" * 41}).status_code == 422
    assert contact.post(path, {"callback_phone": "+1 555 0100"}).status_code == 302
    assert CaseNote.objects.get().text == "Phone: +1 555 0100"


def test_a_session_that_ended_loses_nothing_that_was_typed(fleet: Fleet, signed_in: As):
    """The browser keeps it: signed in again in another tab, sent again, confirmed, kept."""
    case, person = fleet.cut_off(), fleet.world.owner
    path, typed = f"/cases/{case.pk}/note/", {"callback_phone": "+1 555 0100", "text": "Seen in <b>a van</b>."}
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    token = _token(browser.get(f"/cases/{case.pk}/").content)
    browser.cookies.pop("sessionid")

    signed_out = browser.post(path, typed | {"csrfmiddlewaretoken": token})
    assert signed_out.status_code == 403
    text = signed_out.content.decode()
    assert "Your note is NOT kept yet" in text
    assert "Seen in &lt;b&gt;a van&lt;/b&gt;." in text
    assert 'value="+1 555 0100"' in text
    assert f"next=/cases/{case.pk}/" in text
    # Who is not signed in learns nothing of the case, nor whether there is one.
    assert case.sensor.name not in text

    browser.force_login(person)
    browser.get("/people/")  # a new token, as after each sign-in
    again = browser.post(path, typed | {"csrfmiddlewaretoken": "x" * 64})
    assert again.status_code == 403
    assert "NOT kept yet" in again.content.decode()
    assert "Seen in &lt;b&gt;a van&lt;/b&gt;." in again.content.decode()
    assert not CaseNote.objects.exists()

    assert browser.post(path, typed | {"csrfmiddlewaretoken": _token(again.content)}).status_code == 302
    assert CaseNote.objects.get().text == "Seen in <b>a van</b>.\nPhone: +1 555 0100"


def _token(page: bytes) -> str:
    [first, *_] = re.findall(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    return str(first, "ascii")
