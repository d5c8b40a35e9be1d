"""An account for somebody who is already there, by the admin's own form."""

from typing import Any

from tenants.models import Person

EVIL = "evil@example.org"


def invite_by_form(client: Any, *, email: str = EVIL, role: str = "operator", customer: Any = "") -> Person | None:
    """By the admin's own form. None if nobody is there afterwards."""
    values = {"email": email, "name": "Evil Twin", "phone": "", "role": role, "customer": customer, "reason": "Please."}
    client.post("/admin/tenants/person/add/", values)
    found: Person | None = Person.objects.active().filter(email=email).first()
    return found
