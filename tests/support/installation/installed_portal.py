"""A portal as its page installs it, with the questions that tests ask of it."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation.built_packages import later_version, version_of
from tests.support.installation.portal_machine import NAME, PortalMachine
from tests.support.installation.signed_repository import SignedRepository

REPOSITORY = "/srv/nsm"
# What stands for the provider's own repository on the pages. That of a test lies in a folder.
IN_A_FOLDER = {"https://packages.example.org/nsm": f"file:{REPOSITORY}"}


@dataclass
class InstalledPortal:
    machine: PortalMachine
    deb: Path
    work: Path
    repository: SignedRepository

    def units(self) -> dict[str, str]:
        """Each lasting process with the number of its first process."""
        shown = self.machine.shell("systemctl show --property=Id,MainPID 'nsmaas-*.service' 'doors-nginx-*.service'")
        return dict(re.findall(r"MainPID=(\d+)\nId=(\S+)", shown)) or dict(
            re.findall(r"Id=(\S+)\nMainPID=(\d+)", shown)
        )

    def version(self, number: str) -> str:
        """As a package of this release is called."""
        return f"{number}+{version_of(self.deb).partition('+')[2]}"

    def publish(self, number: str, *, migration: str, body: str) -> None:
        """A later version, which has one migration more."""
        version = self.version(number)
        deb = later_version(self.deb, version, self.work, lambda tree: _add_migration(tree, migration, body))
        self.repository.add(deb, name=f"nsm-portal_{version}_{self.deb.name.rpartition('_')[2]}")
        deb.unlink()

    def shows_its_sign_in_page(self) -> bool:
        status, _ = self.machine.try_shell(
            "/usr/lib/nsm-portal/.venv/bin/python -c 'import ssl, urllib.request as r;"
            f' r.urlopen(r.Request("https://127.0.0.1/accounts/login/", headers={{"Host": "{NAME}"}}),'
            " context=ssl._create_unverified_context())'"
        )
        return status == 0

    def as_in_the_admin(self, statements: str) -> None:
        """What a page of the admin would do, by the operation that the page calls."""
        self.machine.shell(f'nsm-portal manage shell --command "{statements}"')


def _add_migration(tree: Path, name: str, body: str) -> None:
    folder = tree / "usr/lib/nsm-portal/limits/migrations"
    last = max(path.stem for path in folder.glob("0*.py"))
    (folder / f"{name}.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f'    dependencies = [("limits", "{last}")]\n'
        f"    operations = [migrations.RunSQL({body!r}, migrations.RunSQL.noop)]\n"
    )
