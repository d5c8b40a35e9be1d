"""Ctrl-C and SIGTERM end the laboratory in order: not in the middle of a start, nor of the clearing-up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AskedToEnd(KeyboardInterrupt):
    """Somebody pressed Ctrl-C or sent a signal."""


class _Asked:
    """Whether somebody has asked for the end, and how many sections it must wait for."""

    ever = False
    sections = 0


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second Ctrl-C, from somebody in a hurry, would interrupt the clearing-up.
    if not _Asked.ever:
        _Asked.ever = True
        if not _Asked.sections:
            raise AskedToEnd


@contextmanager
def signals_raise() -> Iterator[None]:
    """Turn the signals that ask for an end into AskedToEnd, raised in the main thread."""
    _Asked.ever = False
    # Somebody who started us with nohup wants us to outlive the terminal.
    caught = [n for n in CAUGHT if not (n == signal.SIGHUP and signal.getsignal(n) == signal.SIG_IGN)]
    previous = {number: signal.signal(number, _on_signal) for number in caught}
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
    asked_before = _Asked.ever
    _Asked.sections += 1
    try:
        yield
    finally:
        _Asked.sections -= 1
    if _Asked.ever and not asked_before and not _Asked.sections:
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
