"""One answer for many who ask within a moment, and nobody waits long."""

import threading
from collections.abc import Callable

import pytest

from limits.kept import Kept, NotInTime


class Asked:
    def __init__(self) -> None:
        self.times = 0
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> int:
        self.times += 1
        self.begun.set()
        assert self.go_on.wait(30)
        return self.times


@pytest.fixture
def asked() -> Asked:
    return Asked()


def in_a_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    return thread, found


def test_it_is_asked_once_while_the_answer_is_kept(asked: Asked):
    asked.go_on.set()
    kept = Kept(asked, seconds=300)
    assert [kept.get() for _ in range(5)] == [1] * 5


def test_it_is_asked_anew_when_that_is_over(asked: Asked):
    asked.go_on.set()
    kept = Kept(asked, seconds=0)
    assert [kept.get(), kept.get()] == [1, 2]


def test_many_at_once_share_one_answer(asked: Asked):
    kept = Kept(asked, seconds=300, patience=60)
    threads = [in_a_thread(kept.get) for _ in range(8)]
    assert asked.begun.wait(30)
    asked.go_on.set()
    for thread, _ in threads:
        thread.join(30)
    assert [found for _, found in threads] == [[1]] * 8


def test_whoever_comes_meanwhile_does_not_wait_without_end(asked: Asked):
    kept = Kept(asked, seconds=300, patience=0.01)
    first, found = in_a_thread(kept.get)
    assert asked.begun.wait(30)
    with pytest.raises(NotInTime):
        kept.get()
    asked.go_on.set()
    first.join(30)
    assert found == [1]


def test_what_went_wrong_is_kept_as_well():
    """Or each who asks a database that is down would wait for it, one after the other."""
    times: list[int] = []

    def fail() -> int:
        times.append(1)
        raise ValueError("down")

    kept = Kept(fail, seconds=300)
    for _ in range(3):
        with pytest.raises(ValueError, match="down"):
            kept.get()
    assert len(times) == 1


def test_while_it_is_made_again_what_was_before_is_answered(asked: Asked):
    asked.go_on.set()
    kept = Kept(asked, seconds=0, patience=0.01, stale=300)
    assert kept.get() == 1
    asked.go_on.clear()
    asked.begun.clear()
    second, found = in_a_thread(kept.get)
    assert asked.begun.wait(30)
    assert kept.get() == 1
    asked.go_on.set()
    second.join(30)
    assert found == [2]


def test_what_is_too_old_is_not_answered(asked: Asked):
    asked.go_on.set()
    kept = Kept(asked, seconds=0, patience=0.01, stale=0)
    assert kept.get() == 1
    asked.go_on.clear()
    asked.begun.clear()
    second, _ = in_a_thread(kept.get)
    assert asked.begun.wait(30)
    with pytest.raises(NotInTime):
        kept.get()
    asked.go_on.set()
    second.join(30)
