"""Where the repository is, and its rooms."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ROOMS = ("portal", "sensors", "accounts", "tenants", "pki", "limits", "notices", "database", "gateway", "lab")
