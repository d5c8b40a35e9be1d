"""Times as the portal reads them (RFC 3339), whole seconds, UTC."""

import datetime as dt


def as_rfc3339(unix_seconds: int) -> str:
    return dt.datetime.fromtimestamp(unix_seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
