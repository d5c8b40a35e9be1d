import pytest

from lab.errors import LaboratoryBroken
from lab.waiting import wait_until


def test_it_returns_the_first_true_answer():
    answers = iter([None, "", "there"])

    assert wait_until(lambda: next(answers), what="an answer", timeout=5, interval=0) == "there"


def test_it_gives_up_and_names_what_it_waited_for():
    with pytest.raises(LaboratoryBroken, match=r"0\.02 s in vain for the moon"):
        wait_until(lambda: False, what="the moon", timeout=0.02, interval=0.005)


def test_it_asks_once_even_without_time():
    assert wait_until(lambda: True, what="now", timeout=0)
