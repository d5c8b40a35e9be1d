"""Questions of boxes for the time, which the signer answers. They hold nothing that anybody could want."""

from datetime import datetime, timedelta

from django.db import models

# A box has given up by then, and takes no answer that is older.
GOOD_FOR = timedelta(seconds=60)


class TimeQueryQuerySet(models.QuerySet["TimeQuery"]):
    def waiting(self) -> "TimeQueryQuerySet":
        return self.filter(reply=None)

    def too_old(self, now: datetime) -> "TimeQueryQuerySet":
        return self.filter(asked_at__lt=now - GOOD_FOR)


class TimeQuery(models.Model):
    """One question (RFC 3161), for a minute. Anybody may ask, so nothing else rests on a row of these."""

    digest = models.CharField("SHA-256 of the query, hex", max_length=64, unique=True)
    query = models.BinaryField()
    asked_at = models.DateTimeField()
    reply = models.BinaryField(null=True)

    objects = TimeQueryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "time queries"

    def __str__(self) -> str:
        return f"of {self.asked_at:%Y-%m-%d %H:%M:%S}"
