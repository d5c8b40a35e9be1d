"""gunicorn's own words in the format of all others, also those before the portal's settings are read."""

import os
from typing import Any

from gunicorn.glogging import Logger

from portal import log_lines


class DoorLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """For gunicorn's `--logger-class`."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if os.environ.get("NSMAAS_LOG_FORMAT", "").strip() == log_lines.JSON:
            for handler in (*self.error_log.handlers, *self.access_log.handlers):
                handler.setFormatter(log_lines.JsonLines(os.environ.get("NSMAAS_PROCESS", "")))
