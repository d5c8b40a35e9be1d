"""People of a journey, who come in by the laboratory's own door."""

from lab.laboratory import Laboratory
from lab.visitor import Visitor


def visitor_signed_in(laboratory: Laboratory, start: str) -> Visitor:
    """Whose e-mail address begins so."""
    login = next(login for login in laboratory.fleet.logins if login.email.startswith(start))
    visitor = Visitor(laboratory.portal.settings.base_url)
    visitor.sign_in(login.email, login.password)
    return visitor
