from limits.models import SpentPurse


def fill_purses() -> None:
    """As if time had gone by since the last tries, for tests that are about something else."""
    SpentPurse.objects.all().delete()
