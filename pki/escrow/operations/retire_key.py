"""Take a subject's sealed keys out of use: they are never given out again. Needs no key of ours."""

from datetime import datetime

from pki.models import KeyRetirement, WrappedKey


def retire_key(*, purpose: str, subject: str, now: datetime) -> None:
    """What was sealed so far is never given out again; the next one who may ask gets a new key.

    Joins the caller's transaction, who holds the lock under which keys are given out.
    """
    versions = WrappedKey.objects.of(purpose=purpose, subject=subject).values_list("version", flat=True)
    if versions:
        KeyRetirement.objects.create(purpose=purpose, subject=subject, up_to_version=max(versions), retired_at=now)
