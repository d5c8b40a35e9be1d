"""The agent's logs as JSON, one line for each event: `NSMAAS_LOG_FORMAT=json`. The portal has the same lines."""

import datetime as dt
import json
import logging

PLAIN, JSON = "plain", "json"


class JsonLines(logging.Formatter):
    """What a record says, and no more. Its exception stays inside the line."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": "gateway",
            "pid": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        # ASCII alone: no character of a stranger's log line ends ours, or is one to a terminal.
        return json.dumps(event)


def start_logging(chosen: str, *, level: int) -> None:
    """On standard error. Raises ValueError for a format that there is not."""
    if chosen not in {PLAIN, JSON}:
        raise ValueError(f"NSMAAS_LOG_FORMAT must be {PLAIN} or {JSON}, not {chosen!r}")
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    if chosen == JSON:
        logging.captureWarnings(True)
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
