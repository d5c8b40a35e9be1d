"""Tells a portal that was restored from a backup which serial numbers this gateway knows as revoked: all of them."""

import json
import queue
from collections.abc import Iterable

from gateway.to_portal.portal_client import PortalClient, PortalUnreachable
from gateway.to_portal.portal_threads import Deliver, PortalThread, RecallFailed

# As a body that the portal takes: a serial number has at most 49 digits.
PART = 50_000


class RecallSender(PortalThread):
    """Sends the parts of one recall after the other, and each until the portal has it."""

    def __init__(self, client: PortalClient, deliver: Deliver) -> None:
        super().__init__("recall-sender", client, deliver)
        self._waiting: queue.SimpleQueue[tuple[int, list[str]]] = queue.SimpleQueue()

    def tell(self, recall: int, serials: Iterable[str]) -> None:
        self._waiting.put((recall, sorted(serials)))

    def work(self) -> None:
        while True:
            recall, serials = self._waiting.get()
            parts = [serials[start : start + PART] for start in range(0, len(serials), PART)] or [[]]
            for number, part in enumerate(parts):
                document = {"recall": recall, "part": number, "is_last": number == len(parts) - 1, "serials": part}
                self._send(json.dumps(document, separators=(",", ":")).encode())
            self._deliver(RecallFailed(None))

    def _send(self, body: bytes) -> None:
        while True:
            try:
                answer = self._client.ask("POST", "/v1/gateway/revoked-serials", body=body, seconds=30)
                if answer.status == 204:
                    self._failures = 0
                    return
                why = f"answered {answer.status}"
            except PortalUnreachable as error:
                why = str(error)
            self._deliver(RecallFailed(f"the portal does not take the revoked serials: {why}"))
            self.back_off()
