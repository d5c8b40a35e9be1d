"""An apt repository as a provider makes it, signed with a key that is made for the test."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installation.built_packages import package

KEY = "packages@provider.example"


@contextmanager
def signed_repository(release: str, debs: list[Path], work: Path) -> Iterator[Path]:
    """With packages that are built already: the script builds none that it is told to leave."""
    keys, out, repository = work / "keys", work / "out", work / "repository"
    keys.mkdir(mode=0o700)
    out.mkdir()
    for deb in debs:
        shutil.copy(deb, out)
    environment = {**os.environ, "GNUPGHOME": str(keys)}

    def gpg(*words: str) -> None:
        subprocess.run(["gpg", "--batch", "--quiet", *words], env=environment, check=True, capture_output=True)

    try:
        gpg("--passphrase", "", "--quick-generate-key", KEY, "default", "default", "never")
        package(
            *("--release", release, "--out", str(out), "--only-publish"),
            *("--repository", str(repository), "--key", KEY),
            environment={"GNUPGHOME": str(keys)},
        )
        yield repository
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)
