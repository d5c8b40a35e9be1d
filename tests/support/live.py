"""`script/test --fast`: no test that starts a program (`live`), and none that takes long (`long`).

A test is live that says so (`pytest.mark.live`), that needs root, or that uses the fixture `live`, be it by way of a
fixture of its own or of its folder which starts something. Neither mark can be forgotten, so no list grows stale: what
starts a program without being `live` fails always; what takes longer than a moment without being `long`, with `--fast`.
"""

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

LONGEST = 4.0  # seconds of the processor: a busy machine makes nothing long

# By the test that runs, its fixtures, our own code or a library: the interpreter tells of all of them (PEP 578).
_started: list[str] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}:
        _started.append(str(arguments[0]))


sys.addaudithook(_note)


@pytest.fixture(scope="session")
def live() -> None:
    """For a fixture that starts a program: all tests that use it are `live`."""


def mark_live(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("root") or "live" in getattr(item, "fixturenames", ()):
            item.add_marker("live")


def leave_out_slow(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--fast`."""
    slow = [item for item in items if item.get_closest_marker("live") or item.get_closest_marker("long")]
    if config.getoption("--fast"):
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _started.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    began = time.process_time()
    result = yield
    took = time.process_time() - began
    if took > LONGEST and item.config.getoption("--fast"):
        pytest.fail(f"It takes {took:.1f} s of the processor: mark it `long`.", pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    started = _started[:1]  # Not what ends now: a fixture of the module, which others used.
    result = yield
    if started and not item.get_closest_marker("live"):
        how = "mark it `live`, or let the fixture that does ask for `live`"
        pytest.fail(f"It starts {started[0]}: {how}.", pytrace=False)
    return result
