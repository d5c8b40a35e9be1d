from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from pki.checks import refuse_wrong_keys
from portal.checks import check_secret_key_of_process
from portal.database_role import refuse_wrong_role


def refuse_to_start_as_another(process: str | None = None) -> None:
    """Raises ImproperlyConfigured unless this process has the secrets and the database role of its kind, no others.

    `process` is what serves here. The settings were read before its module could have said so.
    """
    if process not in {None, settings.PROCESS}:
        raise ImproperlyConfigured(f"NSMAAS_PROCESS is {settings.PROCESS!r}: set it to {process!r} for this program.")
    if errors := check_secret_key_of_process():
        raise ImproperlyConfigured(" ".join(str(error.msg) for error in errors))
    refuse_wrong_keys()
    refuse_wrong_role()
    # Who goes on from here works in other threads, or in other processes.
    connection.close()
