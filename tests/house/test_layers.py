"""The house's walls hold: an import planted across one is found by `script/lint`'s import contracts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("portal", "sensors", "tenants", "pki", "limits", "database", "gateway", "lab")

PLANTED = {
    "from pki to sensors": ("pki/authority/operations/publish_crl.py", "import sensors.models"),
    "from tenants to pki": ("accounts/operations/add_person.py", "import pki.models"),
    "from the limits to who is limited": ("limits/spending.py", "import tenants.models"),
    "from the fast statements to a model": ("database/repeated.py", "import tenants.models"),
    "from the gateway to Django": ("gateway/locks/reconcile.py", "import django.conf"),
    "from the laboratory to the portal": ("lab/demo.py", "import portal.settings"),
    "from a page to the escrow": ("sensors/pages/fleet.py", "import pki.escrow.vault"),
    "from REST to the escrow by way of an operation": (
        "sensors/api/views.py",
        "import sensors.keys.operations.release_disk_key",
    ),
    "from the admin to the signer": ("sensors/admin/sensors.py", "import pki.authority.signers"),
    "from an operation to a door": ("sensors/cases/operations/report_loss.py", "import sensors.pages.report"),
    "from a pure module to the database": ("sensors/states.py", "import sensors.models"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return folder


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.live
def test_the_house_as_it_stands_is_sound(copy: Path):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.live
@pytest.mark.parametrize(("path", "line"), PLANTED.values(), ids=PLANTED)
def test_a_planted_import_is_found(copy: Path, path: str, line: str):
    file = copy / path
    original = file.read_text()
    file.write_text(f"{line}\n{original}")
    try:
        done = lint_imports(copy)
    finally:
        file.write_text(original)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
