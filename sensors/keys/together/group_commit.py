"""Requests for disk keys that come at the same time share one transaction, as databases commit in groups.

One that is alone has a transaction of its own. When there are more, the first gathers those who come within a moment
and works for all of them; who comes later waits for the next group. So a request waits for one group before its own at
the most, and the more come, the less each costs.
"""

import logging
import threading
import time
from collections.abc import Sequence

from django.db import connection

from sensors.keys.operations.release_disk_key import Answer, release_disk_key
from sensors.keys.together.operations.release_disk_keys import KeyRequest, release_disk_keys

logger = logging.getLogger(__name__)

# For how long, in seconds: what PostgreSQL calls commit_delay, a level higher.
GATHER = 0.01
# In one transaction: each box stays locked until the last of them is through.
MOST = 16


class _Waiting:
    """One request and its own thread, whose `turn` comes when it has an answer, or is to lead the next group."""

    def __init__(self, request: KeyRequest) -> None:
        self.request, self.turn = request, threading.Event()
        self.answer: Answer | None = None
        self.leads = False


class GroupCommit:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._waiting: list[_Waiting] = []
        self._has_leader = False

    def release(self, request: KeyRequest) -> Answer:
        """Raises as `release_disk_key` does."""
        with self._lock:
            self._under_way += 1
            crowded = self._under_way > 1 and connection.features.has_select_for_update_skip_locked
        try:
            answer = self._release_together(request) if crowded else None
            return answer or release_disk_key(**request._asdict())
        finally:
            with self._lock:
                self._under_way -= 1

    def _release_together(self, request: KeyRequest) -> Answer | None:
        """None if it has to be looked at alone."""
        mine = _Waiting(request)
        with self._lock:
            mine.leads, self._has_leader = not self._has_leader, True
            if not mine.leads:
                self._waiting.append(mine)
        if not mine.leads:
            # Who waits holds no connection that the leader may need.
            connection.close()
            mine.turn.wait()
        if mine.leads:
            self._lead(mine)
        return mine.answer

    def _lead(self, mine: _Waiting) -> None:
        group = [mine]
        try:
            time.sleep(GATHER)
            group = self._gather(mine)
            _answer(group)
        finally:
            # Whatever happened: nobody may be left waiting.
            self._pass_on()
            for other in group[1:]:
                other.turn.set()

    def _gather(self, mine: _Waiting) -> list[_Waiting]:
        """Its own and those who wait, each sensor once."""
        with self._lock:
            taken = {mine.request.sensor.pk: mine}
            for each in self._waiting:
                if len(taken) < MOST:
                    taken.setdefault(each.request.sensor.pk, each)
            group = list(taken.values())
            self._waiting = [each for each in self._waiting if each not in group]
            return group

    def _pass_on(self) -> None:
        with self._lock:
            self._has_leader = bool(self._waiting)
            if not self._waiting:
                return
            following = self._waiting.pop(0)
            following.leads = True
        following.turn.set()


def _answer(group: Sequence[_Waiting]) -> None:
    try:
        answers = release_disk_keys(requests=[each.request for each in group])
    except Exception:
        # Whosever fault it was, the others are not to suffer for it: each is looked at alone.
        logger.warning("%s disk keys could not be released together.", len(group), exc_info=True)
        return
    for each in group:
        each.answer = answers.get(each.request.sensor.pk)
