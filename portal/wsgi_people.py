"""The people's door: HTTPS pages, admin, REST for people, enrolment of boxes."""

import os

os.environ["NSMAAS_PROCESS"] = "people"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.core.wsgi import get_wsgi_application  # settings must know the process first

application = get_wsgi_application()

from portal.checks import refuse_wrong_secrets  # noqa: E402  # needs the apps loaded

refuse_wrong_secrets()
