"""The people's certificate from an ACME server: root's half, which puts into place what certbot's user was given."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.installation import acme_client, door_certificates, files, places
from portal.installation.answers import ACME, Answers
from portal.installation.programs import PATH, run, succeeds
from portal.installation.refusals import CommandFailed, SetupRefused
from portal.installation.shown_certificate import shown_certificate
from portal.installation.users import NGINX_OF_PEOPLE

_USER = "nsmaas-acme"
_UNIT, _DOOR = "nsm-portal-certificate.service", "doors-nginx-people.service"
_BEFORE = places.PEOPLE_PAIR.with_name("people.pem.before")
_SECONDS_TO_RELOAD = 20
_SECONDS_TO_READ, _LONGEST = "10", 65_536


def missing(answers: Answers) -> list[str]:
    """What nginx needs to start: a pair, be it the one before; and the authority of the ACME server."""
    if answers.certificate != ACME:
        return []
    found = []
    if not places.PEOPLE_PAIR.exists():
        found.append(f"begin {places.PEOPLE_PAIR} with the pair that the door has")
    if _authority_differs(answers):
        found.append(f"take {answers.acme_ca_file or 'away ' + str(places.ACME_CA)}")
    return found


def mend(answers: Answers) -> None:
    """Raises SetupRefused."""
    if not shutil.which("certbot", path=PATH):
        raise SetupRefused(f"--certificate {ACME} needs certbot: apt-get install certbot, then run this again.")
    if not places.PEOPLE_PAIR.exists():
        chain, key = (files.text_of(path) for path in (door_certificates.PEOPLE, door_certificates.PEOPLE_KEY))
        _write(key + chain)
    if not answers.acme_ca_file:
        places.ACME_CA.unlink(missing_ok=True)
    elif _authority_differs(answers):
        text = _given_authority(answers)
        try:
            x509.load_pem_x509_certificates(text.encode())
        except ValueError:
            raise SetupRefused("--acme-ca-file: PEM certificates of the authority behind --acme-server.") from None
        files.write(places.ACME_CA, text, 0o644)


def missing_issued(answers: Answers) -> list[str]:
    """Looked at when the door is up: the server's question comes to it."""
    if answers.certificate != ACME:
        return []
    chain, key = _given()
    if not acme_client.is_wanted(chain, _read_as_its_user(acme_client.ACCOUNT_AND_SERVER), answers):
        return [f"have a certificate for {answers.name} made by {answers.acme_server}"]
    return [] if key + chain == files.text_of(places.PEOPLE_PAIR) else ["give the door the new certificate"]


def mend_issued(answers: Answers) -> None:
    """Raises SetupRefused; the door goes on with what it has."""
    if not succeeds("systemctl", "start", _UNIT):
        raise SetupRefused(
            f"No new certificate for {answers.name} from {answers.acme_server}."
            f" {_last_failure() or f'See journalctl -u {_UNIT}.'}\nThe door goes on with"
            f" the certificate that it has. {answers.name} has to be this host's address in DNS, and that server has to"
            " reach port 80 here. Mend that, then run nsm-portal setup again; the host itself tries twice a day."
        )


def renew_at_once(answers: Answers) -> int:
    """A new pair though it is not time, as when somebody may know the key. Raises SetupRefused."""
    if answers.certificate != ACME:
        raise SetupRefused(f"The certificate is no ACME server's: nsm-portal setup --certificate {ACME}")
    acme_client.AT_ONCE.touch()
    try:
        mend_issued(answers)
    finally:
        acme_client.AT_ONCE.unlink(missing_ok=True)
    print(f"The door shows the certificate that ends on {door_certificates.life_of(places.PEOPLE_PAIR)[1]:%Y-%m-%d}.")
    return 0


def take(answers: Answers) -> int:
    """What came goes to the door, if it is good for it; nginx reads it without losing a connection.

    Raises SetupRefused. Looked at each time, also when nothing new came: so what failed half-way is done the next time.
    """
    acme_client.AT_ONCE.unlink(missing_ok=True)
    chain, key = _given()
    if answers.certificate != ACME or not chain:
        return 0
    before = files.text_of(places.PEOPLE_PAIR)
    if key + chain != before:
        try:
            door_certificates.refuse_unless_good(chain, key, name=answers.name)
        except SetupRefused as error:
            raise SetupRefused(f"What {answers.acme_server} made is not good for the door. {error}") from None
        _write(before, _BEFORE)
        _write(key + chain)
    if succeeds("systemctl", "is-active", "--quiet", _DOOR) and not _is_shown():
        _write(before)
        run("systemctl", "reload", _DOOR)
        raise SetupRefused(f"nginx did not take the new certificate and has the one before: journalctl -u {_DOOR}")
    return 0


def warnings(answers: Answers) -> Iterator[str]:
    if answers.certificate == ACME and (failure := _last_failure()):
        yield f"The last try to renew the people's certificate failed. {failure}"


def faults(answers: Answers) -> Iterator[str]:
    if answers.certificate == ACME and places.PEOPLE_PAIR.exists() and _shown() not in (b"", _pair()):
        yield f"The people's door shows another certificate than {places.PEOPLE_PAIR}: systemctl reload {_DOOR}"


def _is_shown() -> bool:
    """Reloaded if need be. The old workers may still take some connections for a moment."""
    if _shown() == _pair():
        return True
    end = time.monotonic() + _SECONDS_TO_RELOAD
    if not succeeds("systemctl", "reload", _DOOR):
        return False
    while _shown() != _pair():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def _pair() -> bytes:
    return x509.load_pem_x509_certificates(places.PEOPLE_PAIR.read_bytes())[0].public_bytes(Encoding.DER)


def _shown() -> bytes:
    """Empty while nobody answers."""
    try:
        return shown_certificate("127.0.0.1", 443)
    except OSError:
        return b""


def _write(text: str, path: Path = places.PEOPLE_PAIR) -> None:
    """At once or not at all: certificate and key are one file."""
    files.write(path, text, 0o640, group=NGINX_OF_PEOPLE)


def _given() -> tuple[str, str]:
    """Chain and key as certbot has them; empty before the first."""
    return _read_as_its_user(acme_client.CHAIN), _read_as_its_user(acme_client.KEY)


def _last_failure() -> str:
    """Empty if the last try was none."""
    return "".join(letter for letter in _read_as_its_user(acme_client.FAILURE).strip() if letter.isprintable())[:700]


def _read_as_its_user(path: Path) -> str:
    """Not as root, whom a link of that user's would lead to any file; not for ever, and no more than a chain is long.

    Empty if no text is there.
    """
    as_its_user = ("setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups")
    try:
        return run("timeout", _SECONDS_TO_READ, *as_its_user, "head", f"--bytes={_LONGEST}", "--", str(path))
    except (CommandFailed, UnicodeDecodeError):
        return ""


def _authority_differs(answers: Answers) -> bool:
    """A file that is gone meanwhile was taken already."""
    if not answers.acme_ca_file:
        return places.ACME_CA.exists()
    given = _given_authority(answers)
    return not places.ACME_CA.exists() or (given != "" and given != files.text_of(places.ACME_CA))


def _given_authority(answers: Answers) -> str:
    """Empty if there is no such file of text."""
    try:
        return Path(answers.acme_ca_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
