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
