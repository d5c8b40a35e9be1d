from django.db import models

from tenants.models.person import Person


class StaffRead(models.Model):
    """What a member of staff has read lately and the audit trail knows already; older rows go when the next comes."""

    reader = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reads")
    listing = models.CharField(max_length=60)
    asked = models.CharField(max_length=64, help_text="A hash of the filter.")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["reader", "at"], name="staff_read_of_late"),)

    def __str__(self) -> str:
        return f"{self.listing} by {self.reader_id}"
