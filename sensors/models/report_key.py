from django.db import models

from sensors.models.case import Case
from tenants.models import Person


class ReportKey(models.Model):
    """That a program has made this report by this key of its own: sent again it is the same report, for a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # As a hash, since it is somebody else's text of any kind.
    key_hash = models.CharField(max_length=64)
    # Of the sensor and of what was sent.
    content_hash = models.CharField(max_length=64)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "key_hash"], name="report_key_once_per_person"),)

    def __str__(self) -> str:
        return f"report of {self.made_at:%Y-%m-%d %H:%M} by {self.person}"
