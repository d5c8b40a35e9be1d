from django.db import models
from django.db.models import Q
from django.utils import timezone

from sensors.models.gateway import Gateway


class SessionQuestion(models.Model):
    """Which sessions hold these machines' addresses now? Asked for key requests, answered once by the gateway's agent.

    A table of its own: a report locks its gateway's contact, a cut-off its gateway, and no box is to wait for either.
    Rows live for a minute.
    """

    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="session_questions", db_index=False)
    subjects = models.JSONField(default=list)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True, help_text="The sessions; null when the gateway could not see them.")

    class Meta:
        indexes = (
            models.Index(fields=["gateway", "id"], condition=Q(answered_at=None), name="question_waiting"),
            models.Index(fields=["asked_at"], name="question_asked"),
        )

    def __str__(self) -> str:
        return f"question {self.pk} to {self.gateway_id}"
