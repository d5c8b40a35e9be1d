from django.db import models
from django.utils import timezone

from tenants.models import Person


class BrowserLink(models.Model):
    """A link that was mailed to make one browser known. Its row goes when it is used."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="browser_links")
    # The link's secret has 256 random bits, so no slow hash is needed.
    secret_hash = models.CharField(max_length=64, unique=True)
    # What a known browser is bound to: a new password ends both.
    binding = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"link of {self.made_at:%Y-%m-%d %H:%M} for {self.person}"
