from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from pki.checks import refuse_wrong_keys
from portal.checks import check_secret_key_of_process
from portal.database_role import refuse_wrong_role


def refuse_to_start_as_another() -> None:
    """Raises ImproperlyConfigured unless this process has the secrets and the database role of its kind, no others."""
    if errors := check_secret_key_of_process():
        raise ImproperlyConfigured(" ".join(str(error.msg) for error in errors))
    refuse_wrong_keys()
    refuse_wrong_role()
    # Who goes on from here works in other threads, or in other processes.
    connection.close()
