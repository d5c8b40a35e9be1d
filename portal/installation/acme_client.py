"""Asks the ACME server for the certificate of the people's door (RFC 8555), as a user who may do nothing else.

`certbot` is the client. That it is time, and that a pair was put where the door is, is not left to it: Debian 12's has
thirty days for every certificate, however short it lives, and never runs a hook again that failed.
"""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from portal.installation import files, places
from portal.installation.answers import Answers
from portal.installation.door_certificates import names_of
from portal.installation.programs import PATH
from portal.installation.refusals import CommandFailed

# Of its life: 36 days of the 90 that are usual, so that a week of failures is no danger yet.
_RENEWED_WITH_LEFT = 2 / 5
_LINEAGE = "nsm-portal"
_FOLDERS = {name: places.ACME / name for name in ("config", "work", "logs")}
_LOG = _FOLDERS["logs"] / "letsencrypt.log"
CHAIN, KEY = (_FOLDERS["config"] / "live" / _LINEAGE / name for name in ("fullchain.pem", "privkey.pem"))
ACCOUNT_AND_SERVER = _FOLDERS["config"] / "renewal" / f"{_LINEAGE}.conf"
FAILURE = places.ACME / "failure"
# Made by root: whatever the time is.
AT_ONCE = Path("/run/nsm-portal-renew-at-once")
# What certbot says each time, whatever happened.
_SAID_ALWAYS = ("Saving debug log", "Ask for help", "Some challenges have failed", "An unexpected error", "Hint:")
_PROBLEM = re.compile(r'"type": "urn:ietf:params:acme:error:(\w+)",\s*"detail": "([^"]*)"')


def request(answers: Answers) -> int:
    """Nothing is asked before it is time. Raises CommandFailed with what the server said, which is kept for `check`."""
    if not (AT_ONCE.exists() or _is_time(answers)):
        return 0
    try:
        _ask(answers)
    except CommandFailed as error:
        files.write(FAILURE, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {error}\n", 0o600)
        raise
    FAILURE.unlink(missing_ok=True)
    return 0


def is_wanted(chain: str, account_and_server: str, answers: Answers) -> bool:
    """Whether the certificate is for the name of now, and from the server of now. No certificate is not."""
    certificate, server = _leaf(chain), re.search(r"^server = (\S+)$", account_and_server, re.M)
    is_from_it = server is not None and server[1] == answers.acme_server
    return is_from_it and certificate is not None and answers.name in names_of(certificate)


def is_due(chain: str, *, now: datetime) -> bool:
    if not (certificate := _leaf(chain)):
        return True
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return end - now < (end - begin) * _RENEWED_WITH_LEFT


def _leaf(chain: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificates(chain.encode())[0]
    except ValueError:
        return None


def _is_time(answers: Answers) -> bool:
    chain = files.text_of(CHAIN)
    return not is_wanted(chain, files.text_of(ACCOUNT_AND_SERVER), answers) or is_due(chain, now=datetime.now(UTC))


def _ask(answers: Answers) -> None:
    command = ["certbot", "certonly", "--non-interactive", "--agree-tos", "--no-eff-email"]
    command += [f"--server={answers.acme_server}", f"--email={answers.acme_email or answers.administrator}"]
    command += ["--cert-name", _LINEAGE, "--domain", answers.name, "--renew-with-new-domains", "--force-renewal"]
    # Through the door's nginx, which goes on meanwhile: a server of certbot's own could not have port 80 beside it.
    command += ["--webroot", "--webroot-path", str(places.CHALLENGES)]
    for name, folder in _FOLDERS.items():
        command += [f"--{name}-dir", str(folder)]
    # certbot writes on where it left off, and what an earlier try was told is not this one's reason.
    _LOG.unlink(missing_ok=True)
    trusted = {"REQUESTS_CA_BUNDLE": str(places.ACME_CA)} if places.ACME_CA.exists() else {}
    try:
        done = subprocess.run(
            command,
            env={"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(places.ACME), **trusted},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        raise CommandFailed("certbot is not installed: apt-get install certbot") from None
    if done.returncode:
        raise CommandFailed(reason_in(done.stdout, log=files.text_of(_LOG)))


def reason_in(said: str, *, log: str = "") -> str:
    """What the server found wrong, or else certbot's last words; they came from the network, and go to a terminal.

    The log has the server's own answers (RFC 7807), which certbot of Debian 12 loses, with an AttributeError, when it
    was no challenge that failed.
    """
    details = re.findall(r"^ *Detail: *(.+)$", said, re.M)
    details = details or [": ".join(found) for found in _PROBLEM.findall(log)[-1:]]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = [line for line in lines if not line.startswith(_SAID_ALWAYS)][-2:]
    told = " ".join(details or last) or "certbot said nothing"
    return "".join(letter for letter in told if letter.isprintable())[:600]
