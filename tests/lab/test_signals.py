import os
import signal

import pytest

from lab.signals import AskedToEnd, signals_ignored, signals_raise, signals_wait


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_becomes_an_exception(number):
    with pytest.raises(AskedToEnd), signals_raise():
        os.kill(os.getpid(), number)


def test_a_signal_waits_until_a_start_is_on_record():
    recorded = []

    def start() -> None:
        with signals_raise(), signals_wait():
            os.kill(os.getpid(), signal.SIGTERM)
            recorded.append("started")

    with pytest.raises(AskedToEnd):
        start()
    assert recorded == ["started"]


def test_clearing_up_is_not_interrupted():
    cleared = []

    with signals_raise(), signals_ignored():
        os.kill(os.getpid(), signal.SIGINT)
        cleared.append("everything")

    assert cleared == ["everything"]


def test_the_handlers_are_as_before_afterwards():
    before = signal.getsignal(signal.SIGTERM)

    with signals_raise(), signals_ignored():
        pass

    assert signal.getsignal(signal.SIGTERM) is before
