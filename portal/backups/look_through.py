"""Read a backup to its end before anything rests on it: what is cut off or forged shows only there."""

from collections.abc import Iterator
from pathlib import Path

from pki.age import decrypting
from portal.backups.archive import ArchiveBroken, Manifest, read_archive


def look_through(file: Path, *, identity: Path) -> tuple[Manifest, dict[str, tuple[bytes, int]]]:
    """What it says of itself, and its files with their modes. Raises AgeFailed, ArchiveBroken."""
    manifest, files = None, dict[str, tuple[bytes, int]]()
    with decrypting(identity=identity, file=file) as stream:
        for member in read_archive(stream):
            if isinstance(member, Manifest):
                manifest = member
            elif member.name is not None:
                files[member.name] = member.content, member.mode
    if manifest is None:
        raise ArchiveBroken("It has no end.")
    return manifest, files


def describe(file: Path, manifest: Manifest, files: dict[str, tuple[bytes, int]]) -> Iterator[str]:
    yield f"{file} is whole: of {manifest.made_at}, {len(files)} files, {manifest.vendor}."
    yield f"Its keys open with: {', '.join(manifest.key_encryption_keys) or 'there are none'}."
