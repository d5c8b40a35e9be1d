"""What comes inside the package, by name and version; and the OpenSSL inside two of those packages."""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from cryptography.hazmat.backends.openssl import backend
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from portal.installation import places
from portal.installation.refusals import SetupRefused

# The list in the package, and a lock of pip's: a line of that goes on with markers, a backslash and hashes.
_LINE = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w, -]*\])?==([^\s;\\]+)(?:[\s;].*)?")
_OPENSSL = re.compile(rb"OpenSSL \d+\.\d+\.\d+[a-z]* \d{1,2} [A-Z][a-z]{2} \d{4}")


def read_bundled(path: Path) -> Mapping[str, str]:
    """Versions by names, normalised as PEP 503 says. Raises SetupRefused for a line that pins nothing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SetupRefused(f"{path} cannot be read: install the package again.") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(("#", " ", "\t")):
            continue
        if not (pin := _LINE.fullmatch(line)) or not _is_version(pin[2]):
            raise SetupRefused(f"{path}, line {number}: a package is written NAME==VERSION.")
        found[canonicalize_name(pin[1])] = pin[2]
    if not found:
        raise SetupRefused(f"{path} names no package.")
    return found


def openssl_inside() -> Iterator[str]:
    """psycopg's own can be asked by nobody, so it is looked for in the library's text."""
    yield f"{backend.openssl_version_text()} inside cryptography {version('cryptography')}"
    psycopg = find_spec("psycopg")
    packages = Path(psycopg.origin).parent.parent if psycopg and psycopg.origin else places.PROGRAM
    for library in sorted(packages.glob("psycopg_binary.libs/libcrypto*")):
        for text in sorted(set(_OPENSSL.findall(library.read_bytes()))):
            yield f"{text.decode()} inside psycopg-binary {version('psycopg-binary')}"


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
