"""Whose connections the doors' firewall counts as gateways'. The limits themselves are in `portal/deploy/doors.nft`."""

from portal.installation import files, places
from portal.installation.answers import ACME, Answers

# An address that nobody has: nft takes no empty list.
_NOBODY = "0.0.0.0"  # noqa: S104  # nobody listens there


def missing(answers: Answers) -> list[str]:
    return [] if files.is_so(places.FIREWALL, _wanted(answers), 0o644) else [f"write {places.FIREWALL}"]


def mend(answers: Answers) -> None:
    files.write(places.FIREWALL, _wanted(answers), 0o644)


def _wanted(answers: Answers) -> str:
    gateways = ", ".join(answers.gateway_networks or [_NOBODY])
    # The file of limits says that there is none.
    challenges = "redefine challenge_port = 80\n" if answers.certificate == ACME else ""
    return (
        "define people_port = 443\n"
        "define machines_port = 8443\n"
        "define gateways_port = 8444\n"
        f"define gateways = {{ {gateways} }}\n"
        f"{challenges}"
    )
