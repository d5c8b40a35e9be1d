"""Celery: Redis in service, files in the state directory as the embedded default; a real worker either way.

Nothing that a cut-off or a key release needs goes through the broker. Every task is also found by a sweep, so a
message that is lost costs seconds, not the work.
"""

import logging.config
import os
import sys
from pathlib import Path

import django
from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError

from portal.embedded_broker import use_for_filesystem_urls

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    task_default_queue="default",
    task_routes={
        "sensors.tasks.sign_certificates": {"queue": "pki"},
        "sensors.tasks.publish_crl": {"queue": "pki"},
        "sensors.tasks.stamp_times": {"queue": "pki"},
        "sensors.tasks.supersede_certificates": {"queue": "pki"},
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # A broker that is down must not hold up the request that tries to wake a worker: the sweeps find the work.
    task_publish_retry=False,
    beat_schedule={
        "sign what waits": {
            "task": "sensors.tasks.sign_certificates",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "tell boxes the time": {
            "task": "sensors.tasks.stamp_times",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "send what waits": {"task": "tenants.tasks.send_mails", "schedule": 5.0, "options": {"expires": 5}},
        "tell of changed networks": {
            "task": "tenants.tasks.announce_changes",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "tell of codes and permits": {
            "task": "sensors.tasks.announce_changes",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "revoke what boxes no longer need": {
            "task": "sensors.tasks.supersede_certificates",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "publish revocation lists": {
            "task": "sensors.tasks.publish_crl",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "forget collected tunnel keys": {"task": "sensors.tasks.forget_tunnel_keys", "schedule": 60.0},
        "forget imports that nobody ended": {
            "task": "sensors.tasks.forget_imports",
            "schedule": 300.0,
            "options": {"expires": 300},
        },
        "forget full purses": {"task": "limits.tasks.forget_full_purses", "schedule": 300.0},
        "tell of certificates that end": {
            "task": "sensors.tasks.warn_of_certificates",
            "schedule": 300.0,
            "options": {"expires": 300},
        },
        "tell of cut-offs that nobody confirms": {"task": "sensors.tasks.escalate_cases", "schedule": 15.0},
    },
    beat_scheduler="portal.steady_scheduler:SteadyScheduler",
)
if settings.CELERY_BROKER_URL.startswith("filesystem:"):
    use_for_filesystem_urls()
    folder: Path = settings.STATE_DIR / "broker"
    for part in ("messages", "control"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    app.conf.broker_transport_options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }
else:
    app.conf.broker_transport_options = {"socket_timeout": 5, "socket_connect_timeout": 2}
app.autodiscover_tasks(["notices", "tenants", "sensors", "limits"])


@setup_logging.connect
def log_as_all_do(**_: object) -> None:
    """With somebody here Celery leaves logging alone: its lines are like those of every other process."""
    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def refuse_to_start(**_: object) -> None:
    """Celery logs and forgets what its receivers raise, except an exit."""
    django.setup()
    from portal.start import refuse_to_start_as_another

    try:
        refuse_to_start_as_another()
    except (ImproperlyConfigured, DatabaseError, InterfaceError) as error:
        # By then beat has put its log in the place of stderr, where the last word of a process gets lost.
        sys.stderr = sys.__stderr__
        sys.exit(f"{settings.PROCESS} does not start: {error}")
