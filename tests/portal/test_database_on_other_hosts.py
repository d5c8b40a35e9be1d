"""DATABASE_URL for servers on other hosts, of which the one that takes writes may change."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from database.roles.declaration import Role
from portal import env

SERVERS = "postgresql:///nsmaas?host=10.20.0.21,10.20.0.22&port=5432"


def options(url: str) -> dict[str, object]:
    return dict(env.database(url, login="nsmaas")["OPTIONS"])


def test_several_servers_are_tried_in_turn_for_the_one_that_takes_writes():
    database = env.database(f"{SERVERS}&target_session_attrs=read-write", login="nsmaas")
    assert (database["HOST"], database["PORT"]) == ("10.20.0.21,10.20.0.22", "5432")
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"


def test_the_servers_certificate_is_looked_at_as_asked():
    """What stood behind the question mark was once left out without a word: `sslmode` with it."""
    found = options(f"{SERVERS}&sslmode=verify-full&sslrootcert=/etc/nsmaas/postgresql-ca.crt")
    assert (found["sslmode"], found["sslrootcert"]) == ("verify-full", "/etc/nsmaas/postgresql-ca.crt")


def test_what_is_not_read_is_refused_by_name():
    with pytest.raises(ImproperlyConfigured, match="ssl_mode is not among"):
        env.database(f"{SERVERS}&ssl_mode=verify-full", login="nsmaas")


def test_a_server_that_falls_silent_is_noticed():
    assert options(SERVERS)["tcp_user_timeout"] == 10_000
    assert options("postgresql://db.example/nsmaas")["connect_timeout"] == 3
    assert "tcp_user_timeout" not in options("postgresql:///nsmaas?host=/var/run/postgresql")


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles")
def test_a_host_that_freezes_in_a_transaction_keeps_no_lock_for_long():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolconfig FROM pg_roles WHERE rolname = ANY(%s)", [[one.login for one in Role]])
        found = dict(cursor.fetchall())
    assert found == {one.login: [f"idle_in_transaction_session_timeout={one.longest_pause}s"] for one in Role}
