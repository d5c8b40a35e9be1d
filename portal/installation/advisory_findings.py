"""Which advisories are about what is bundled: each weakness of each package once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.version import Version

from portal.installation.osv import Advisory, CannotCompare, affects, mended_in

PAGE = "docs/operators/advisories.md"
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory about a package that is bundled. `is_certain` is not so where somebody has to read it."""

    ids: tuple[str, ...]
    package: str
    version: str
    mended_in: str
    summary: str
    is_certain: bool

    def __str__(self) -> str:
        first, *others = self.ids
        names = f"{first} ({', '.join(others)})" if others else first
        about = f"{names}: {self.package} {self.version}"
        about += f", mended in {self.mended_in}" if self.mended_in else ", no version that mends it is named"
        about += "" if self.is_certain else ", which could not be compared: read it"
        return f"{about}: {self.summary or 'no summary'}. {self._way_out()}"

    def _way_out(self) -> str:
        wanted = f"that brings {self.package} {self.mended_in}" if self.mended_in else "without it, or what it says"
        return f"Install a version of nsm-portal {wanted}: {PAGE}."


def findings(given: Iterable[Advisory], bundled: Mapping[str, str]) -> list[Finding]:
    """One for each weakness of each package, however many databases tell of it."""
    kept = list(given)
    found = []
    for name, version in sorted(bundled.items()):
        about = [each for each in kept if name in {one.name for one in each.affected}]
        for group in _of_one_weakness(about):
            judged = [finding for each in group for finding in _judge(each, name, version)]
            if judged:
                found.append(_together(judged, group))
    return found


def _judge(advisory: Advisory, name: str, version: str) -> Iterator[Finding]:
    for affected in advisory.affected:
        if affected.name != name:
            continue
        try:
            is_affected, is_certain = affects(affected, version), True
        except CannotCompare:
            is_affected, is_certain = True, False
        if is_affected:
            yield Finding(
                (advisory.id,), name, version, mended_in(affected, version), advisory.summary, is_certain=is_certain
            )


def _together(judged: list[Finding], group: list[Advisory]) -> Finding:
    """Where databases differ, the highest of the versions that mend it."""
    certain = [finding for finding in judged if finding.is_certain] or judged
    ids = sorted({each.id for each in group}.union(*(each.aliases for each in group)), key=_preferred)
    return Finding(
        tuple(ids[:_MOST_NAMED]),
        certain[0].package,
        certain[0].version,
        max((each.mended_in for each in certain if each.mended_in), key=Version, default=""),
        max((each.summary for each in certain), key=len),
        is_certain=certain[0].is_certain,
    )


def _preferred(id_: str) -> tuple[bool, str]:
    """CVE's number first: all know it."""
    return not id_.startswith("CVE-"), id_


def _of_one_weakness(given: list[Advisory]) -> list[list[Advisory]]:
    """Aliases are symmetric and transitive, as the schema says."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in given:
        ids, members = {advisory.id, *advisory.aliases}, [advisory]
        apart = []
        for other in groups:
            if ids & other[0]:
                ids, members = ids | other[0], other[1] + members
            else:
                apart.append(other)
        groups = [*apart, (ids, members)]
    return [members for _, members in groups]
