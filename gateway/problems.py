"""The list of what is wrong now, each with a stable code."""

import logging

log = logging.getLogger("gateway")
LONGEST_DETAIL = 500


class Problems:
    """Whole and current: what is no longer named is no longer wrong."""

    def __init__(self) -> None:
        self._details: dict[str, str] = {}

    def set(self, code: str, detail: str | None) -> None:
        """A detail of None clears the problem."""
        if detail is None:
            if self._details.pop(code, None) is not None:
                log.info("no longer a problem: %s", code)
            return
        detail = "".join(letter if letter.isprintable() else "?" for letter in detail)[:LONGEST_DETAIL]
        if self._details.get(code) != detail:
            log.warning("problem %s: %s", code, detail)
        self._details[code] = detail

    def has(self, code: str) -> bool:
        return code in self._details

    def as_json(self) -> list[dict[str, str]]:
        return [{"code": code, "detail": detail} for code, detail in sorted(self._details.items())]
