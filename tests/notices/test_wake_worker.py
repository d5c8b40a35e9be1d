import threading

import pytest
from celery import current_app
from django.db import transaction

from notices.models import Mail
from notices.operations import wake_worker as module
from notices.operations.wake_worker import wake_worker

# Kept from before the fixture that all tests share puts a list in its place.
really_send = module._send


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    asked: list[tuple[str, bool]] = []

    def send_task(name: str, *, retry: bool) -> None:
        asked.append((name, retry))
        raise ConnectionError("redis://user:password@broker is down")

    monkeypatch.setattr(module, "_send", really_send)
    monkeypatch.setattr(current_app, "send_task", send_task, raising=False)
    return asked


def delivered() -> None:
    """Until the messenger has dealt with what it was given."""
    module._messenger.submit(int).result(timeout=10)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_does_not_hold_up_the_caller(broker, monkeypatch):
    hang = threading.Event()
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: hang.wait(10), raising=False)
    try:
        wake_worker(task="tenants.tasks.send_mails")
        wake_worker(task="sensors.tasks.publish_crl")
        assert not hang.is_set()  # here, while the broker still hangs
    finally:
        hang.set()
        delivered()


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_harms_neither_the_transaction_nor_the_caller(broker, caplog):
    with transaction.atomic():
        Mail.objects.create(recipient="a@example.org", subject="x", body="x", about="x")
        wake_worker(task="tenants.tasks.send_mails")
        assert broker == []
    assert Mail.objects.count() == 1
    delivered()
    assert broker == [("tenants.tasks.send_mails", False)]
    assert "could not wake a worker for tenants.tasks.send_mails" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_log_does_not_hold_the_brokers_password(broker, caplog):
    wake_worker(task="tenants.tasks.send_mails")
    delivered()
    assert broker
    assert "password" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken_for_what_was_rolled_back(broker):
    def fail() -> None:
        with transaction.atomic():
            wake_worker(task="tenants.tasks.send_mails")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    delivered()
    assert broker == []


@pytest.mark.django_db(transaction=True)
def test_what_comes_after_the_commit_still_happens(woken, monkeypatch):
    """A callback that fails must not keep the next one from running."""

    def fail_for_first(task: str) -> None:
        if task == "first":
            raise RuntimeError
        woken.append(task)

    monkeypatch.setattr(module, "_send", fail_for_first)
    with transaction.atomic():
        wake_worker(task="first")
        wake_worker(task="second")
    assert woken == ["second"]
