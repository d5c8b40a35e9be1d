from django.db import models


class Line(models.TextChoices):
    """Of Security Onion: what its setup asks and wipes, and what it starts, differs from line to line."""

    SECURITY_ONION_3 = "3.x", "Security Onion 3.x"
    SECURITY_ONION_2_4 = "2.4", "Security Onion 2.4"
    CLASSIC = "classic", "Security Onion 12.04 to 16.04"
