"""What is known of the time between a backup and its restoration: the gateways remember what was revoked meanwhile."""

from django.db import models

from database.append_only import append_only


class RestorationQuerySet(models.QuerySet["Restoration"]):
    def open(self) -> "RestorationQuerySet":
        return self.filter(settled_at=None)


class Restoration(models.Model):
    """This database was restored from a backup. Until it is settled no key is given out and nothing is signed."""

    backup_made_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    # Written by `settle_restoration` alone.
    settled_at = models.DateTimeField(null=True)

    objects = RestorationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"of {self.backup_made_at:%Y-%m-%d %H:%M}"


@append_only
class RecalledSerials(models.Model):
    """Serial numbers that a gateway knows as revoked, in its own words; one row for each part that it sent."""

    restoration = models.ForeignKey(Restoration, on_delete=models.PROTECT, related_name="recalled")
    told_by = models.CharField(max_length=64)
    part = models.PositiveIntegerField()
    is_last = models.BooleanField()
    serials = models.JSONField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["restoration", "told_by", "part"], name="pki_recalled_part_once"),
        )

    def __str__(self) -> str:
        return f"{self.told_by}, part {self.part}"
