from django.db import models
from django.utils import timezone


class Announcement(models.Model):
    """A change that people had to be told of before it counted. Written by the worker alone, which sends the mails."""

    about = models.CharField(max_length=120, unique=True, help_text="Such as enrolment-code:<id>.")
    mails = models.JSONField(default=list, help_text="The keys of the mails that must be gone before it counts.")
    queued_at = models.DateTimeField(default=timezone.now)
    announced_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.about
