"""Metrics for Prometheus: a process that may only read what it counts, and holds no secret."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from portal.start import refuse_to_start_as_another  # noqa: E402  # needs the apps loaded

refuse_to_start_as_another("monitor")
