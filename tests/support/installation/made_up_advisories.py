"""Advisories that nobody published, in OSV's form."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIXED = ({"introduced": "0"}, {"fixed": "2.0"})


def made_up(
    id_: str = "PYSEC-2026-1",
    name: str = "django",
    *,
    events: object = FIXED,
    versions: object = (),
    modified: str = "2026-11-20T10:00:00Z",
    **more: object,
) -> dict[str, Any]:
    return {
        "id": id_,
        "modified": modified,
        "summary": f"a weakness in {name}",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": events}] if events else [],
                "versions": versions,
            }
        ],
        **more,
    }


def as_download(path: Path, *advisories: object, others: Mapping[str, bytes] | None = None) -> Path:
    """OSV's zip of an ecosystem: a file of JSON for each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, advisory in enumerate(advisories):
            archive.writestr(f"advisory-{number}.json", json.dumps(advisory))
        for name, text in (others or {}).items():
            archive.writestr(name, text)
    return path
