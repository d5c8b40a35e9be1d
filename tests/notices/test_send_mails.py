from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from notices.models import Mail
from notices.operations.send_mails import LONGEST_PAUSE, send_mails


class MailServer:
    """Takes what it is given, unless it is down or dislikes the recipient."""

    def __init__(self) -> None:
        self.is_down = False
        self.refused: set[str] = set()
        self.got: list[str] = []

    def take(self, mail: EmailMessage) -> int:
        (recipient,) = mail.to
        if self.is_down or recipient in self.refused:
            raise ConnectionRefusedError("no mail today")
        mail.message()  # where Django refuses a header with a line end in it
        self.got.append(recipient)
        return 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> MailServer:
    made = MailServer()
    monkeypatch.setattr(EmailMessage, "send", lambda mail: made.take(mail))
    return made


def put(*recipients: str, subject: str = "Hello") -> None:
    for recipient in recipients:
        Mail.objects.create(recipient=recipient, subject=subject, body="Text\n", about="x")


def time_passes() -> None:
    Mail.objects.update(next_attempt_at=timezone.now())


@pytest.mark.django_db
def test_each_mail_is_sent_once_and_kept_as_proof(server: MailServer):
    put("a@example.org", "b@example.org")
    assert send_mails() == 2
    time_passes()
    assert send_mails() == 0
    assert server.got == ["a@example.org", "b@example.org"]
    assert Mail.objects.exclude(sent_at=None).count() == 2


@pytest.mark.django_db
def test_a_mail_server_that_is_down_loses_none(server: MailServer):
    put("a@example.org", "b@example.org")
    server.is_down = True
    assert send_mails() == 0
    waiting = Mail.objects.get(recipient="a@example.org")
    assert (waiting.sent_at, waiting.attempts, waiting.last_error) == (
        None,
        1,
        "ConnectionRefusedError: no mail today",
    )
    server.is_down = False
    time_passes()
    assert send_mails() == 2
    assert server.got == ["a@example.org", "b@example.org"]
    assert Mail.objects.get(recipient="a@example.org").last_error == ""


@pytest.mark.django_db
def test_it_does_not_try_again_before_the_pause_is_over(server: MailServer):
    put("a@example.org")
    server.is_down = True
    send_mails()
    server.is_down = False
    assert send_mails() == 0
    assert server.got == []


@pytest.mark.django_db
def test_pauses_grow_to_ten_minutes_and_no_further(server: MailServer):
    put("a@example.org")
    server.is_down = True
    pauses: list[timedelta] = []
    for _ in range(12):
        time_passes()
        before = timezone.now()
        send_mails()
        pauses.append(min(Mail.objects.get().next_attempt_at - before, LONGEST_PAUSE))
    assert timedelta(seconds=5) < pauses[0] < timedelta(seconds=30)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE == timedelta(minutes=10)


@pytest.mark.django_db
def test_one_bad_mail_does_not_stop_the_others(server: MailServer):
    put("a@example.org", "bad@example.org", "c@example.org")
    server.refused.add("bad@example.org")
    assert send_mails() == 2
    assert server.got == ["a@example.org", "c@example.org"]


@pytest.mark.django_db
def test_a_subject_with_a_line_end_is_never_sent(server: MailServer):
    put("a@example.org", subject="Hello\nBcc: thief@example.org")
    put("b@example.org")
    assert send_mails() == 1
    assert server.got == ["b@example.org"]
    assert "Header" in Mail.objects.get(recipient="a@example.org").last_error


@pytest.mark.django_db
def test_the_log_names_no_recipient_and_no_text(server: MailServer, caplog):
    put("a@example.org")
    server.is_down = True
    send_mails()
    assert "could not be sent" in caplog.text
    assert "a@example.org" not in caplog.text


@pytest.mark.django_db
def test_as_many_as_asked_for_and_the_oldest_first(server: MailServer):
    put("a@example.org", "b@example.org", "c@example.org")
    assert send_mails(limit=2) == 2
    assert server.got == ["a@example.org", "b@example.org"]


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_each_mail_once(server: MailServer):
    recipients = [f"{number}@example.org" for number in range(10)]
    put(*recipients)

    def work(_: int) -> int:
        try:
            return send_mails()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 10
    assert sorted(server.got) == sorted(recipients)
