"""Ctrl-C and SIGTERM end the laboratory in order: not in the middle of a start, nor of the clearing-up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AskedToEnd(KeyboardInterrupt):
    """Somebody pressed Ctrl-C or sent a signal."""


class _HeldBack:
    """Counts the sections of the main thread in which a signal must wait."""

    depth = 0
    waiting = False


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    if _HeldBack.depth:
        _HeldBack.waiting = True
    else:
        raise AskedToEnd


@contextmanager
def signals_raise() -> Iterator[None]:
    """Turn the signals that ask for an end into AskedToEnd, raised in the main thread."""
    previous = {number: signal.signal(number, _on_signal) for number in CAUGHT}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def signals_wait() -> Iterator[None]:
    """Hold a signal back until the block is over: for a start that must be recorded once it was made."""
    if threading.current_thread() is not threading.main_thread():
        # Python runs signal handlers in the main thread only, so nothing is interrupted here.
        yield
        return
    _HeldBack.depth += 1
    try:
        yield
    finally:
        _HeldBack.depth -= 1
        if _HeldBack.waiting and not _HeldBack.depth:
            _HeldBack.waiting = False
            raise AskedToEnd


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Let nothing interrupt the clearing-up. Unlike SIG_IGN, this is not inherited by programs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, lambda *_: None) for number in CAUGHT}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
