import pytest
from django.db import transaction

from notices.models import Mail
from notices.operations.queue_mails import queue_mails
from tests.support.world import World


def queue(world: World, *recipients: str, name: str = "Owner") -> list[Mail]:
    world.owner.name = name
    return queue_mails(
        recipients=recipients,
        template="invitation",
        about="person:1",
        context={"person": world.owner, "customer": world.harbour, "link": "https://portal.example.org/x"},
    )


def test_the_first_line_is_the_subject_and_the_rest_the_text(world: World, settings):
    (mail,) = queue(world, "owner@example.org")
    assert mail.subject == f"Your account at {settings.PROVIDER_NAME}"
    assert mail.body.startswith("Hello Owner,")
    assert "https://portal.example.org/x" in mail.body


def test_names_stand_in_a_mail_as_they_are_and_not_as_html(world: World):
    (mail,) = queue(world, "owner@example.org", name="O'Neill & <Sons>")
    assert "Hello O'Neill & <Sons>," in mail.body


def test_who_is_named_twice_gets_one(world: World):
    queue(world, "b@example.org", "a@example.org", "b@example.org")
    assert list(Mail.objects.order_by("pk").values_list("recipient", flat=True)) == ["a@example.org", "b@example.org"]


def test_it_waits_at_once_and_wakes_a_worker_after_the_commit(world: World, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue(world, "owner@example.org")
        assert woken == []
    assert woken == ["tenants.tasks.send_mails"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_leaves_no_mail_and_wakes_nobody(world: World, woken):
    def fail_after_queueing() -> None:
        with transaction.atomic():
            queue(world, "owner@example.org")
            raise RuntimeError

    woken.clear()
    with pytest.raises(RuntimeError):
        fail_after_queueing()
    assert not Mail.objects.exists()
    assert woken == []


def test_only_provider_staff_see_the_outbox(world: World):
    queue(world, "owner@example.org")
    assert Mail.objects.visible_to(world.auditor).count() == 1
    assert not Mail.objects.visible_to(world.manager).exists()
    assert not Mail.objects.visible_to(world.stranger).exists()
