"""What all tests share. Each starts with two tenants and who is who: owner, teammate, stranger, provider staff."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations

import tenants
from database.append_only import append_only_tables, create_statements, drop_statements
from portal.catalogues import compile_catalogues
from tests.support.after_the_answer import wait_for_what_is_done_after_the_answer
from tests.support.checkout import CHECKOUT
from tests.support.live import (
    leave_out_slow,
    live,
    mark_live,
    pytest_runtest_call,
    pytest_runtest_protocol,
    pytest_runtest_teardown,
)
from tests.support.roles import doors_act_as_their_roles, set_up_roles_here
from tests.support.soaking import print_figures
from tests.support.two_databases import leave_out_what_the_other_database_has, refuse_skipping
from tests.support.world import World, make_world

__all__ = ["live", "pytest_runtest_call", "pytest_runtest_protocol", "pytest_runtest_teardown"]

# No deadline: a busy machine is no failure. No database: tests leave nothing behind in the checkout.
hypothesis.settings.register_profile("unhurried", deadline=None, database=None)
hypothesis.settings.load_profile("unhurried")

CHAIN_HEADS = Path(tenants.__file__).parent / "chain_heads.sqlite.sql"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-root", action="store_true", help="leave out what needs root and network namespaces")
    parser.addoption("--whole", action="store_true", help="leave out what the run on the other database has")
    parser.addoption("--fast", action="store_true", help="leave out what starts a program or takes long")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing is skipped silently: without root, either the caller says so or the run fails."""
    mark_live(items)
    leave_out_slow(config, items)
    leave_out_what_the_other_database_has(config, items)
    needy = [item for item in items if item.get_closest_marker("root")]
    if config.getoption("--without-root"):
        config.hook.pytest_deselected(items=needy)
        items[:] = [item for item in items if item not in needy]
    elif needy and (os.geteuid() != 0 or not Path("/dev/net/tun").exists()):
        raise pytest.UsageError("Some tests need root and /dev/net/tun: run as root, or say --without-root.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    refuse_skipping(item, report)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The figures of the loops: rounds, failures, times."""
    print_figures(terminalreporter)


@pytest.fixture(scope="session", autouse=True)
def emptying_lifts_the_triggers() -> Iterator[None]:
    """Tests that commit are followed by a flush of all tables, which our append-only triggers rightly refuse."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
        wait_for_what_is_done_after_the_answer()
        tables, vendor = append_only_tables(), self.connection.vendor
        with connections[self.connection.alias].cursor() as cursor:
            for table in tables:
                for statement in drop_statements(vendor, table):
                    cursor.execute(statement)
            flush(self, sql_list)
            for table, keys in tables.items():
                for statement in create_statements(vendor, table, keys):
                    cursor.execute(statement)
            if vendor == "sqlite":
                # Whose trigger speaks first depends on the order in which they were made: that of the migrations.
                cursor.execute("DROP TRIGGER tenants_auditentry_follows")
                cursor.execute(CHAIN_HEADS.read_text(encoding="utf-8"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """pytest-django's, and then the roles of the processes."""
    with django_db_blocker.unblock():
        set_up_roles_here()


@pytest.fixture(scope="session", autouse=True)
def catalogues_are_as_written() -> None:
    """Also where somebody has edited one since `script/bootstrap`."""
    compile_catalogues(CHECKOUT / "locale")


@pytest.fixture(scope="session", autouse=True)
def doors_are_their_roles() -> Iterator[None]:
    with doors_act_as_their_roles():
        yield


@pytest.fixture(autouse=True)
def state_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Mails of one test are no other's. Passwords are hashed in no time: nothing here guesses them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.SECOND_FACTOR = "offered"
    # Tests do not wait two months; of the rule itself there are tests that set it.
    settings.RENEWABLE_AFTER_PERCENT = 0


@pytest.fixture(autouse=True)
def a_busy_machine_is_no_greedy_gateway(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that took long for want of a processor has no rest after it; what is about the rest has its own clock."""
    if "clock" not in request.fixturenames:
        monkeypatch.setattr("sensors.machines.fair_shares.CHEAP", 600.0)


@pytest.fixture(autouse=True)
def what_is_counted_is_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test has counted is no answer in the next one's database."""
    from portal.overview.exceptions import FACTS
    from sensors.keys.standings.tally import TALLY

    for kept in (FACTS, TALLY):
        monkeypatch.setattr(kept, "_seconds", 0.0)
        monkeypatch.setattr(kept, "_times", 0.0)
        kept.forget()


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were woken: no broker is needed to see that one would have been told."""
    names: list[str] = []
    monkeypatch.setattr("notices.operations.wake_worker._send", names.append)
    return names


@pytest.fixture
def world(db: None) -> World:
    return make_world()
