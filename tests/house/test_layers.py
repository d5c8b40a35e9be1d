"""The house's walls hold: an import planted across one is found by `script/lint`'s import contracts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT, ROOMS

PLANTED = {
    "from pki to sensors": ("pki/authority/operations/publish_crl.py", "import sensors.models"),
    "from the authority to the escrow": ("pki/authority/crl.py", "import pki.escrow.envelope"),
    "from the escrow to the authority": ("pki/escrow/vault.py", "import pki.authority.x509"),
    "from the audit trail to what it records": (
        "tenants/audit/record_audit.py",
        "import tenants.operations.register_site",
    ),
    "from the outbox to whom it tells": ("notices/operations/queue_mails.py", "import tenants.models"),
    "from customers to how people come in": ("tenants/operations/grant_role.py", "import accounts.forms"),
    "from how people come in to certificates": ("accounts/forms.py", "import pki.models"),
    "from the machines' door to signing in": ("sensors/doors/machines_door.py", "import accounts.guesses"),
    "from tenants to pki": ("accounts/operations/add_person.py", "import pki.models"),
    "from the limits to who is limited": ("limits/spending.py", "import tenants.models"),
    "from the fast statements to a model": ("database/repeated.py", "import tenants.models"),
    "from the wanted state to OpenVPN": ("gateway/state/state_file.py", "import gateway.openvpn.sessions"),
    "from OpenVPN to the locks": ("gateway/openvpn/sessions.py", "import gateway.locks.cuts"),
    "from the locks to the portal": ("gateway/locks/cuts.py", "import gateway.to_portal.outbox"),
    "from the gateway to Django": ("gateway/locks/reconcile.py", "import django.conf"),
    "from the laboratory to the portal": ("lab/demo.py", "import portal.settings"),
    "from a page to the escrow": ("sensors/keys/pages/fleet.py", "import pki.escrow.vault"),
    "from REST to the escrow by way of an operation": (
        "sensors/keys/api.py",
        "import sensors.keys.operations.release_disk_key",
    ),
    "from a page to the door of machines": ("sensors/cases/pages/report.py", "import sensors.gateways.machines"),
    "from what the doors share to a subject": ("sensors/api/problems.py", "import sensors.cases.operations.close_case"),
    "from the fleet to a subject's page": ("sensors/fleet/queries.py", "import sensors.keys.pages.fleet"),
    "from a gateway's operation to its door": (
        "sensors/gateways/operations/set_up_gateway.py",
        "import sensors.gateways.machines",
    ),
    "from an enrolment's operation to its door": (
        "sensors/enrolment/operations/sign_certificate.py",
        "import sensors.enrolment.machines",
    ),
    "from the admin to the signer": ("sensors/cases/admin/sensors.py", "import pki.authority.signers"),
    "from an operation to a door": ("sensors/cases/operations/report_loss.py", "import sensors.cases.pages.report"),
    "from the fleet to artifacts": ("sensors/fleet/operations/lock_sensor.py", "import sensors.artifacts.facts"),
    "from enrolment to gateways": (
        "sensors/enrolment/operations/sign_certificate.py",
        "import sensors.gateways.operations.set_up_gateway",
    ),
    "from gateways to keys": (
        "sensors/gateways/operations/set_up_gateway.py",
        "import sensors.keys.release_decision",
    ),
    "from keys to cases": (
        "sensors/keys/operations/release_disk_key.py",
        "import sensors.cases.operations.report_loss",
    ),
    "from a key's operation to the group of many": (
        "sensors/keys/operations/release_disk_key.py",
        "import sensors.keys.together.group_commit",
    ),
    "from a decision to the database": ("sensors/keys/release_decision.py", "import sensors.models"),
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
