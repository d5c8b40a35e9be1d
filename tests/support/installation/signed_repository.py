"""An apt repository as a provider makes it, signed with a key that is made for the test."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation.built_packages import package

KEY = "packages@provider.example"


@dataclass(frozen=True)
class SignedRepository:
    folder: Path
    _release: str
    _out: Path
    _keys: Path

    def publish(self) -> None:
        """What lies in the folder of what was built: the script builds none that it is told to leave."""
        package(
            *("--release", self._release, "--out", str(self._out), "--only-publish"),
            *("--repository", str(self.folder), "--key", KEY),
            environment={"GNUPGHOME": str(self._keys)},
        )

    def add(self, deb: Path, *, name: str) -> None:
        """One more, under the name that it would have been built with."""
        shutil.copy(deb, self._out / name)
        self.publish()


@contextmanager
def signed_repository(release: str, debs: list[Path], work: Path) -> Iterator[SignedRepository]:
    """With packages that are built already."""
    keys, out = work / "keys", work / "out"
    keys.mkdir(mode=0o700)
    out.mkdir()
    for deb in debs:
        shutil.copy(deb, out)
    environment = {**os.environ, "GNUPGHOME": str(keys)}

    def gpg(*words: str) -> None:
        subprocess.run(["gpg", "--batch", "--quiet", *words], env=environment, check=True, capture_output=True)

    try:
        gpg("--passphrase", "", "--quick-generate-key", KEY, "default", "default", "never")
        repository = SignedRepository(work / "repository", release, out, keys)
        repository.publish()
        yield repository
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False, capture_output=True)
