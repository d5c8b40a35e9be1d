"""The machines' door: sensors and gateways, by mutual TLS, behind nginx on a unix socket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connection  # noqa: E402  # needs the settings

from portal.start import refuse_to_start_as_another  # noqa: E402  # needs the apps loaded

refuse_to_start_as_another("machines")
# Workers that are forked from here share no connection with this process, and open a pool of their own.
connection.close()
if getattr(connection, "pool", None):
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
