"""What to do when the database was restarted under a process that keeps its connections."""

from django.db import connection


def forget_dead_connections() -> None:
    """This thread's, and with a pool all that wait in it: they are as dead as this one was."""
    connection.close()
    if pool := getattr(connection, "pool", None):
        pool.check()
