"""An export is verified by whoever holds it: with Python alone, without the database or anything of ours."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenants.audit import chain as audit_chain
from tenants.models import AuditChain
from tests.support.world import World

PROGRAM = Path(audit_chain.__file__)


@pytest.fixture
def export(world: World, tmp_path: Path) -> Path:
    return exported("harbour", tmp_path)


def exported(chain: str, folder: Path) -> Path:
    file = folder / f"{chain}.jsonl"
    with file.open("w", encoding="utf-8") as out:
        call_command("export_audit", chain, stdout=out)
    return file


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    """In isolated mode and another folder, so that nothing of this checkout can be imported."""
    return subprocess.run(
        [sys.executable, "-I", str(PROGRAM), str(file)], capture_output=True, text=True, cwd=file.parent, check=False
    )


@pytest.mark.live
def test_a_whole_export_verifies_with_the_length_and_head_of_the_database(world: World, export: Path):
    chain = AuditChain.objects.get(customer=world.harbour)
    answer = verified(export)
    assert answer.returncode == 0
    assert answer.stdout == f"{chain.length} entries, unbroken; head {chain.head_hash}\n"


def test_each_line_is_json_with_the_fields_of_an_entry(export: Path):
    for line in export.read_text(encoding="utf-8").splitlines():
        assert set(json.loads(line)) == set(audit_chain.Entry.__slots__)


def test_a_customers_export_holds_nothing_of_another(world: World, export: Path):
    text = export.read_text(encoding="utf-8")
    assert "Harbour Logistics" in text
    assert "Meadow" not in text
    assert str(world.meadow.pk) not in text


@pytest.mark.live
@pytest.mark.parametrize("name", ["provider", "meadow"])
def test_the_providers_chain_and_each_customers_can_be_exported(world: World, tmp_path: Path, name: str):
    assert verified(exported(name, tmp_path)).returncode == 0


def tampered(file: Path, change) -> subprocess.CompletedProcess[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")
    return verified(file)


@pytest.mark.live
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: [lines[0].replace("Harbour Logistics", "Harbour"), *lines[1:]], "was changed"),
        (lambda lines: [lines[0], *lines[2:]], "missing"),
        (lambda lines: lines[1:], "missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "missing or was moved"),
        (lambda lines: [*lines, lines[-1]], "expected entry"),
        (lambda lines: [*lines, "rubbish"], "not an audit entry"),
    ],
    ids=["changed", "deleted", "beginning-gone", "swapped", "repeated", "rubbish"],
)
def test_a_changed_export_is_found_out(export: Path, change, says: str):
    answer = tampered(export, change)
    assert answer.returncode == 1
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.live
def test_an_end_that_was_cut_off_shows_in_length_and_head(world: World, export: Path):
    chain = AuditChain.objects.get(customer=world.harbour)
    answer = tampered(export, lambda lines: lines[:-1])
    assert answer.stdout.startswith(f"{chain.length - 1} entries")
    assert chain.head_hash not in answer.stdout


@pytest.mark.live
def test_two_exports_in_one_file_are_found_out(export: Path, tmp_path: Path):
    other = exported("meadow", tmp_path).read_text(encoding="utf-8").splitlines()
    assert "another chain" in tampered(export, lambda lines: lines + other).stderr


@pytest.mark.live
@pytest.mark.parametrize("content", [b"\xff\xfe", b"\0", b"[" * 100_000], ids=["no-utf-8", "nul", "deep"])
def test_a_file_of_anything_is_refused_without_a_traceback(tmp_path: Path, content: bytes):
    file = tmp_path / "any.jsonl"
    file.write_bytes(content)
    answer = verified(file)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("audit_chain.py: line 1 is not an audit entry")


@pytest.mark.live
def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    answer = verified(tmp_path / "none.jsonl")
    assert answer.returncode == 1
    assert "No such file" in answer.stderr


@pytest.mark.parametrize("name", ["nobody", "customer:harbour", ""])
def test_a_chain_that_is_not_there_is_refused_with_those_that_are(world: World, name: str):
    with pytest.raises(CommandError, match=r"Known: provider, harbour, meadow"):
        call_command("export_audit", name)
