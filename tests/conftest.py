"""What all tests share. Each starts with two tenants and who is who: owner, teammate, stranger, provider staff."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations

import tenants
from database.append_only import append_only_tables, create_statements, drop_statements
from tests.support.live import (
    leave_out_slow,
    live,
    mark_live,
    pytest_runtest_call,
    pytest_runtest_protocol,
    pytest_runtest_teardown,
)
from tests.support.roles import doors_act_as_their_roles, set_up_roles_here

__all__ = ["live", "pytest_runtest_call", "pytest_runtest_protocol", "pytest_runtest_teardown"]

CHAIN_HEADS = Path(tenants.__file__).parent / "chain_heads.sqlite.sql"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-root", action="store_true", help="leave out what needs root and network namespaces")
    parser.addoption("--fast", action="store_true", help="leave out what starts a program or takes long")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing is skipped silently: without root, either the caller says so or the run fails."""
    mark_live(items)
    leave_out_slow(config, items)
    needy = [item for item in items if item.get_closest_marker("root")]
    if config.getoption("--without-root"):
        config.hook.pytest_deselected(items=needy)
        items[:] = [item for item in items if item not in needy]
    elif needy and (os.geteuid() != 0 or not Path("/dev/net/tun").exists()):
        raise pytest.UsageError("Some tests need root and /dev/net/tun: run as root, or say --without-root.")


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


def wait_for_what_is_done_after_the_answer() -> None:
    """Threads of the door that still write would meet the tables being emptied, or the next test's rows."""
    from accounts import failed_tries, mail_requests

    for thread in (failed_tries.writer, mail_requests.sender):
        thread.pool.submit(lambda: None).result(timeout=60)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """pytest-django's, and then the roles of the processes."""
    with django_db_blocker.unblock():
        set_up_roles_here()


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
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were woken: no broker is needed to see that one would have been told."""
    names: list[str] = []
    monkeypatch.setattr("notices.operations.wake_worker._send", names.append)
    return names


@dataclass(frozen=True)
class World:
    """Two customers with a site each, one gateway, and who is who."""

    harbour: Any
    meadow: Any
    quay: Any
    dairy: Any
    gateway: Any
    administrator: Any
    operator: Any
    auditor: Any
    owner: Any  # harbour's contact
    manager: Any  # harbour's manager
    viewer: Any  # harbour's viewer
    stranger: Any  # meadow's contact


PASSWORD = "correct horse battery"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def make_world() -> World:
    from accounts.operations.add_person import add_person
    from sensors.gateways.operations.register_gateway import register_gateway
    from tenants.actors import Actor
    from tenants.operations.announce_networks import announce_networks
    from tenants.operations.grant_role import grant_customer_role, grant_provider_role
    from tenants.operations.register_customer import register_customer
    from tenants.operations.register_site import register_site
    from tenants.roles import CustomerRole, ProviderRole

    actor = Actor.process("test")
    harbour = register_customer(slug="harbour", name="Harbour Logistics", registered_by=actor)
    meadow = register_customer(slug="meadow", name="Meadow Dairy", registered_by=actor)

    def person(name: str) -> Any:
        return add_person(email=f"{name}@example.org", name=name.title(), added_by=actor, password=PASSWORD)

    def staff(name: str, role: ProviderRole) -> Any:
        made = person(name)
        grant_provider_role(person=made, role=role, granted_by=actor)
        return made

    def contact(name: str, customer: Any, role: CustomerRole) -> Any:
        made = person(name)
        grant_customer_role(person=made, customer=customer, role=role, granted_by=actor)
        return made

    def site(customer: Any, name: str, network: str) -> Any:
        return register_site(customer=customer, name=name, expected_networks=[network], registered_by=actor)

    quay, dairy = site(harbour, "Quay 7", "198.51.100.21/32"), site(meadow, "Dairy North", "198.51.100.22/32")
    announce_networks()  # As the worker does, before there is anybody whom it could tell.
    return World(
        harbour=harbour,
        meadow=meadow,
        quay=quay,
        dairy=dairy,
        gateway=register_gateway(
            name="gateway-1",
            host="198.51.100.1",
            port=1194,
            network="10.88.0.0/16",
            base_networks=["10.20.0.0/24"],
            registered_by=actor,
        ),
        administrator=staff("administrator", ProviderRole.ADMINISTRATOR),
        operator=staff("operator", ProviderRole.OPERATOR),
        auditor=staff("auditor", ProviderRole.AUDITOR),
        owner=contact("owner", harbour, CustomerRole.CONTACT),
        manager=contact("manager", harbour, CustomerRole.MANAGER),
        viewer=contact("viewer", harbour, CustomerRole.VIEWER),
        stranger=contact("stranger", meadow, CustomerRole.CONTACT),
    )
