from django.db import models


class SpentPurse(models.Model):
    """One that is not full. Without Redis all of them are here; with it, those that were needed while it was down."""

    key = models.CharField(max_length=100, primary_key=True)
    # No index: it would have to change with each try, and the sweep reads the whole table in any case.
    full_at = models.BigIntegerField(help_text="In milliseconds since 1970.")

    def __str__(self) -> str:
        return self.key
