"""The steps from the installed package to a running portal, in their order."""

from collections.abc import Callable
from typing import NamedTuple

from portal.installation import (
    acme,
    administrator,
    authority,
    backups,
    broker,
    database,
    door_certificates,
    firewall,
    nginx_files,
    schema,
    secrets_of_host,
    services,
    settings_file,
    users,
    wal_archive,
)
from portal.installation.answers import Answers


class Step(NamedTuple):
    """`missing` looks and changes nothing: what is not as it should be. `mend` does it, also half of it."""

    name: str
    missing: Callable[[Answers], list[str]]
    mend: Callable[[Answers], None]


STEPS = (
    Step("users and folders", users.missing, users.mend),
    Step("database", database.missing, database.mend),
    Step("backups, as asked for", backups.missing, backups.mend),
    Step("WAL archive, as asked for", wal_archive.missing, wal_archive.mend),
    Step("broker", broker.missing, broker.mend),
    Step("settings", settings_file.missing, settings_file.mend),
    Step("tables and rights", schema.missing, schema.mend),
    Step("secrets", secrets_of_host.missing, secrets_of_host.mend),
    Step("authority", authority.missing, authority.mend),
    Step("certificates of the doors", door_certificates.missing, door_certificates.mend),
    Step("ACME, as asked for", acme.missing, acme.mend),
    Step("nginx", nginx_files.missing, nginx_files.mend),
    Step("firewall", firewall.missing, firewall.mend),
    Step("services", services.missing, services.mend),
    Step("first administrator", administrator.missing, administrator.mend),
    Step("first backups", backups.missing_first, backups.mend_first),
    # The last: it rests on others, and all else is done should they not be ready.
    Step("certificate by ACME", acme.missing_issued, acme.mend_issued),
)
