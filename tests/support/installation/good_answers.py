"""What somebody might answer to nsm-portal setup."""

from portal.installation.answers import Answers

GOOD = Answers(
    name="portal.example.org",
    machines_address="10.20.0.10",
    gateways="10.20.0.1, 10.20.1.0/24",
    certificate="self-signed",
    administrator="ada.lovelace@example.org",
)
