"""The laboratory, once for all tests of the journey: on the database that the run is for, with a broker to match."""

import os
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from lab.laboratory import Laboratory


@pytest.fixture(scope="module")
def database_url(live: None) -> Iterator[str | None]:
    """A new database on the run's PostgreSQL; None, for SQLite in the laboratory's own directory."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgresql:"):
        yield None
        return
    name = f"journey_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def laboratory(database_url: str | None) -> Iterator[Laboratory]:
    broker = os.environ.get("NSMAAS_TEST_REDIS_URL") if database_url else None
    with Laboratory(
        database_url=database_url,
        broker_url=broker,
        people_port=8400 + os.getpid() % 90,
        # A box's clock is set ahead here, base's is not.
        renewable_after_percent=0,
    ) as lab:
        lab.start()
        for box in lab.sensors.values():
            box.enrol()
            box.connect()
        for box in lab.sensors.values():
            box.wait_until_connected()
        yield lab
