"""`nsm-portal advisories`: which advisories are about what is bundled, from a file of OSV's that was carried in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.installation import places
from portal.installation.advisory_findings import PAGE, findings
from portal.installation.bundled import openssl_inside, read_bundled
from portal.installation.osv import Advisory, NotOsv, harmless, parse_advisory
from portal.installation.osv_files import is_whole, read_entries
from portal.installation.refusals import SetupRefused
from portal.installation.remembered_advisories import Memory, recall, remember

_OLD = timedelta(days=35)
# Bytes of advisories about what is bundled, as they are in the file; names of files that cannot be read.
_MOST_KEPT, _MOST_NAMED = 64 * 2**20, 10
_LOOK = f"fetch OSV's download of PyPI and run nsm-portal advisories FILE ({PAGE})"


def advisories(*, file: Path | None, of: Path | None) -> int:
    """1 if one is about what is bundled, or could not be read; else 0. Raises SetupRefused.

    Without `file` what is remembered is compared. With `of`, another list of packages, nothing is remembered.
    """
    bundled = read_bundled(of or places.BUNDLED)
    memory = Memory() if of else recall()
    if file:
        memory = _look(file, memory, bundled)
        if not of:
            remember(memory)
    found = findings(memory.advisories, bundled)
    for finding in found:
        print(finding)
    for line in _shortcomings(memory, bundled) if not of else _unread(memory):
        print(f"WARNING: {line}")
    for line in openssl_inside() if not of else ():
        print(line)
    newest = f", the newest of {memory.newest:%Y-%m-%d}" if memory.newest else ""
    print(f"Advisories about the {len(bundled)} packages in {of or places.BUNDLED}: {len(found) or 'none'}{newest}.")
    return 1 if found or memory.unread else 0


def faults() -> Iterator[str]:
    """For `nsm-portal check`: what is remembered, against what is bundled now."""
    try:
        found = findings(recall().advisories, read_bundled(places.BUNDLED))
    except SetupRefused as error:
        yield str(error)
        return
    yield from (str(finding) for finding in found if finding.is_certain)


def warnings() -> Iterator[str]:
    try:
        memory, bundled = recall(), read_bundled(places.BUNDLED)
    except SetupRefused:
        return  # A fault that is told above.
    found = findings(memory.advisories, bundled)
    yield from (str(finding) for finding in found if not finding.is_certain)
    yield from _shortcomings(memory, bundled)


def _look(file: Path, memory: Memory, bundled: Mapping[str, str]) -> Memory:
    """Raises SetupRefused for a file that cannot be what it is to be, and for an older one than the last."""
    is_download = is_whole(file)
    known = {each.id: each for each in memory.advisories}
    read, unread, newest = _read(file, bundled, known)
    if not is_download:
        if unread:
            raise SetupRefused(f"{file} is neither a zip nor an advisory in OSV's form: {unread[0]}.")
        return replace(memory, advisories=_latest(known, read))
    if newest is None or not any(each.affected for each in read):
        raise SetupRefused(
            f"{file} names none of the packages in {places.BUNDLED.name}: is it OSV's download of PyPI, and whole?"
        )
    if memory.newest and newest < memory.newest:
        raise SetupRefused(
            f"{file} is older ({newest:%Y-%m-%d}) than what was looked at before ({memory.newest:%Y-%m-%d}):"
            " fetch it again."
        )
    # Somebody may have picked one that is not in the download yet.
    later = {id_: each for id_, each in known.items() if each.modified > newest}
    return Memory(newest, frozenset(bundled), tuple(unread), _latest(later, read))


def _read(
    file: Path, bundled: Mapping[str, str], known: Mapping[str, Advisory]
) -> tuple[list[Advisory], list[str], datetime | None]:
    """Those about what is bundled or known, what could not be read and why, and the time of the newest of all."""
    latest = _now() + timedelta(days=1)
    read: list[Advisory] = []
    unread: list[str] = []
    newest: datetime | None = None
    kept = 0
    for name, text in read_entries(file):
        try:
            advisory = parse_advisory(text)
            if advisory.modified > latest:
                raise NotOsv("modified in the future, or this host's clock is wrong")
        except NotOsv as error:
            unread.append(harmless(f"{name[:100]}: {error}"))
            continue
        newest = max(newest or advisory.modified, advisory.modified)
        ours = tuple(affected for affected in advisory.affected if affected.name in bundled)
        if ours or advisory.id in known:
            kept += len(text)
            read.append(replace(advisory, affected=ours))
        if kept > _MOST_KEPT:
            raise SetupRefused(f"{file} has more than {_MOST_KEPT} bytes about what is bundled. Is it OSV's?")
    if len(unread) > _MOST_NAMED:
        unread[_MOST_NAMED:] = [f"and {len(unread) - _MOST_NAMED} more"]
    return read, unread, newest


def _latest(known: Mapping[str, Advisory], read: Iterable[Advisory]) -> tuple[Advisory, ...]:
    """Of each the one that was modified last, and none that was withdrawn."""
    found = dict(known)
    for each in read:
        if each.id not in found or each.modified >= found[each.id].modified:
            found[each.id] = each
    return tuple(each for each in found.values() if each.affected and not each.is_withdrawn)


def _shortcomings(memory: Memory, bundled: Mapping[str, str]) -> Iterator[str]:
    if memory.newest is None:
        yield f"Nobody has looked yet which advisories are about what is bundled: {_LOOK}."
    elif not timedelta(days=-1) <= _now() - memory.newest <= _OLD:
        yield f"The newest advisory that was looked at is of {memory.newest:%Y-%m-%d}: {_LOOK}."
    elif new := sorted(bundled.keys() - memory.names):
        yield f"Bundled since the last look at advisories: {', '.join(new)}. Again, {_LOOK}."
    yield from _unread(memory)


def _unread(memory: Memory) -> Iterator[str]:
    if memory.unread:
        yield f"Of the advisories these could not be read, look at them yourself: {'; '.join(memory.unread)}."


def _now() -> datetime:
    return datetime.now(UTC)
