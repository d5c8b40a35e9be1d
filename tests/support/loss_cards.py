"""Loss cards, and a browser that nobody has signed in with."""

import re
from typing import Any

from django.test import Client
from django.utils import timezone

from sensors.cases.operations.make_loss_card import make_loss_card
from sensors.cases.operations.report_loss_by_card import report_loss_by_card
from sensors.models import Case, LossCard, Sensor
from tests.support.fleet import Fleet

SHOWN = re.compile(r'name="shown" id="id_shown" value="([^"]+)"')


def card_of(fleet: Fleet, site: Any = None, by: Any = None) -> tuple[LossCard, str]:
    """The card and its code."""
    site = site or fleet.world.quay
    newest = LossCard.objects.filter(site=site).first()
    return make_loss_card(site=site, made_by=by or fleet.world.owner, after=newest.pk if newest else 0)


def report_by_card(card: LossCard, sensor: Sensor, **different: Any) -> Case:
    now = timezone.now()
    facts: dict[str, Any] = {"kind": "stolen", "received_at": now, "shown_at": now}
    return report_loss_by_card(card=card, sensor=sensor, **(facts | different))


class Guard:
    """The night porter, with the card in the hand."""

    def __init__(self, code: str, address: str = "192.0.2.50") -> None:
        self.code = code
        self.browser = Client(headers={"X-Real-IP": address})
        self.shown = ""

    def look_at_boxes(self) -> Any:
        answer = self.browser.post("/card/", {"code": self.code})
        found = SHOWN.search(answer.content.decode())
        self.shown = found[1] if found else ""
        return answer

    def report(self, *sensors: Sensor, kind: str = "stolen") -> Any:
        """From the page that was looked at last; looks first if none was."""
        if not self.shown:
            self.look_at_boxes()
        return self.browser.post(
            "/card/",
            {"code": self.code, "shown": self.shown, "kind": kind, "send": "1", "sensor": [s.pk for s in sensors]},
        )
