"""Logs as JSON, one line for each event: `NSMAAS_LOG_FORMAT=json`. The agent has the same (`gateway.log_lines`)."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType

JSON = "json"


class JsonLines(logging.Formatter):
    """What a record says, and no more: what else hangs on it, a request perhaps, holds what is nobody's business."""

    def __init__(self, process: str = "") -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": self._process,
            "pid": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        # ASCII alone: no character of a message ends the line, or is one to a terminal.
        return json.dumps(event)


def log_what_is_no_record(process: str) -> None:
    """Warnings, and what nobody has caught in this thread or another, are lines as well."""
    logging.captureWarnings(True)
    logger = logging.getLogger(process)

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.critical("ended by %s", kind.__name__, exc_info=(kind, error, trace))

    def note_in_thread(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
            note(ended.exc_type, ended.exc_value, ended.exc_traceback)

    sys.excepthook, threading.excepthook = note, note_in_thread
