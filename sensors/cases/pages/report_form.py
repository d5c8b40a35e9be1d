"""What is sent when boxes are reported, and what of it outlives a session that has ended."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sensors.models import Case, Sensor
from sensors.models.case import LossKind
from sensors.pages.tiles import Tiles
from sensors.states import REPORTABLE
from tenants.models import Person, Site
from tenants.roles import Permission

# Named one by one: they stand in an address, too, which must not grow longer than a server reads.
MOST_NAMED = 50
_NOT_THERE = dict.fromkeys(
    ("invalid_choice", "invalid_pk_value"),
    _("One of them is not there any more, or not yours to report. Look again, please."),
)


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Lost or stolen?"),
        choices=LossKind.choices,
        widget=Tiles({LossKind.LOST: _("Nobody knows where it is."), LossKind.STOLEN: _("Somebody has taken it.")}),
        error_messages={"required": _("Say whether it is lost or stolen. Both are cut off in the same way.")},
    )


class ReportForm(KindForm):
    sensor = forms.ModelMultipleChoiceField(
        Sensor.objects.none(), required=False, widget=forms.MultipleHiddenInput, error_messages=_NOT_THERE
    )
    site = forms.ModelMultipleChoiceField(
        Site.objects.none(), required=False, widget=forms.MultipleHiddenInput, error_messages=_NOT_THERE
    )

    def __init__(self, data: QueryDict | None, *, person: Person, only: Sensor | None) -> None:
        """`only` is the box of whose page this is: it is reported, whatever else is chosen."""
        super().__init__(data)
        self._person, self._only = person, only
        self.fields["sensor"].queryset = Sensor.objects.permitting(person, Permission.LOSS_REPORT)  # type: ignore[attr-defined]
        self.fields["site"].queryset = Site.objects.permitting(person, Permission.LOSS_REPORT)  # type: ignore[attr-defined]

    def clean_sensor(self) -> QuerySet[Sensor]:
        named: QuerySet[Sensor] = self.cleaned_data["sensor"]
        if len(named) > MOST_NAMED:
            raise ValidationError(
                _("At most %(most)s boxes at once. If a whole site is gone, choose the site."),
                params={"most": MOST_NAMED},
            )
        return named

    def clean(self) -> None:
        if not self.errors.keys() & {"sensor", "site"} and not self.chosen():
            self.add_error("sensor", _("Choose what is gone: one box, several, or a whole site."))

    def chosen(self) -> list[Sensor]:
        """Each once; of a site those that can be reported, and those that are reported already."""
        named = self.cleaned_data["sensor"].values("pk")
        wanted = Q(pk__in=named) | Q(site__in=self.cleaned_data["site"]) & could_be_gone(self._person)
        if self._only:
            wanted |= Q(pk=self._only.pk)
        mine = Sensor.objects.permitting(self._person, Permission.LOSS_REPORT).filter(wanted)
        return list(mine.select_related("site__customer").order_by("site__name", "name"))


def could_be_gone(person: Person) -> Q:
    """Not a box that is out of service, or whose case was closed with it."""
    return Q(state__in=REPORTABLE) | Q(Exists(Case.objects.visible_to(person).open().filter(sensor=OuterRef("pk"))))


def boxes_named(asked: QueryDict, person: Person) -> QuerySet[Sensor]:
    """By an address: of the boxes and sites that it names, those that the person may report."""
    of_sites = Q(site__in=keys_in(asked, "site")) & could_be_gone(person)
    mine = Sensor.objects.permitting(person, Permission.LOSS_REPORT)
    return mine.filter(Q(pk__in=keys_in(asked, "sensor")) | of_sites).order_by("site__name", "name")


def keys_in(sent: QueryDict, name: str) -> list[UUID]:
    """What can be keys: the rest is left out, as is what comes after as many as may be named."""
    found = []
    for text in sent.getlist(name)[:MOST_NAMED]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def as_query(sent: QueryDict, **more: str) -> str:
    """What was chosen, for an address: it holds nothing that must not be read there."""
    kept: list[tuple[str, object]] = [(name, key) for name in ("site", "sensor") for key in keys_in(sent, name)]
    if sent.get("kind") in LossKind.values:
        kept.append(("kind", sent["kind"]))
    return urlencode([*kept, *more.items()])
