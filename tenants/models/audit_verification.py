from django.db import models


class AuditVerification(models.Model):
    """One time that all chains were recomputed, by a command on the host: what has to be looked at now and then."""

    finished_at = models.DateTimeField()
    entries = models.PositiveBigIntegerField(help_text="In the chains that are unbroken.")
    broken_chains = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.finished_at}: {self.broken_chains} broken"
