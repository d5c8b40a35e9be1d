"""The chain without a database: what was written is found to be so, and nothing else is."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.audit.chain import BrokenChain, Entry, entry_hash, first_hash, from_lines, to_line, verify

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def make_chain(length: int, name: str = "customer:a") -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, length + 1):
        fields = {
            "chain": name,
            "sequence": number,
            "at": f"2026-01-01T00:00:{number:02}+00:00",
            "actor": "person:owner@example.org",
            "action": "case:open",
            "subject": f"case:{number}",
            "details": {"kind": "stolen", "number": number, "inner": {"b": 1, "a": [None, True]}},
        }
        previous = entries[-1].hash if entries else first_hash(name)
        digest = entry_hash(**fields, previous=previous)  # type: ignore[arg-type]  # the fields are those of Entry
        entries.append(Entry(**fields, previous_hash=previous, hash=digest))  # type: ignore[arg-type]
    return entries


def rehashed(entry: Entry) -> Entry:
    fields = asdict(entry)
    previous, _ = fields.pop("previous_hash"), fields.pop("hash")
    return replace(entry, hash=entry_hash(**fields, previous=previous))


def test_it_gives_length_and_head():
    chain = make_chain(5)
    assert verify(chain) == (5, chain[-1].hash)
    assert verify([]) == (0, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "2026-01-01T00:00:09+00:00"),
        ("actor", "person:thief@example.org"),
        ("action", "case:close"),
        ("subject", "case:99"),
        ("details", {}),
        ("sequence", 9),
        ("chain", "customer:b"),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
    ],
)
@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_change_of_any_field_anywhere_is_found(field: str, value: object, position: int):
    chain = make_chain(5)
    chain[position] = replace(chain[position], **{field: value})  # type: ignore[arg-type]  # each value fits its field
    with pytest.raises(BrokenChain):
        verify(chain)


@pytest.mark.parametrize("position", [0, 2])
def test_a_change_with_a_new_hash_breaks_at_the_entry_after_it(position: int):
    chain = make_chain(5)
    chain[position] = rehashed(replace(chain[position], actor="person:thief@example.org"))
    with pytest.raises(BrokenChain, match=f"entry {position + 2} .* does not follow"):
        verify(chain)


@pytest.mark.parametrize("position", range(4))
def test_a_missing_entry_is_found(position: int):
    chain = make_chain(5)
    del chain[position]
    with pytest.raises(BrokenChain):
        verify(chain)


def test_an_entry_that_stands_twice_is_found():
    chain = make_chain(3)
    with pytest.raises(BrokenChain):
        verify([*chain, chain[-1]])


@given(st.permutations(range(5)))
def test_every_other_order_is_found(order):
    chain = make_chain(5)
    moved = [chain[index] for index in order]
    if moved == chain:
        assert verify(moved)[0] == 5
    else:
        with pytest.raises(BrokenChain):
            verify(moved)


def test_one_chain_cannot_pass_for_another():
    renamed = [replace(entry, chain="customer:b") for entry in make_chain(3)]
    with pytest.raises(BrokenChain, match="does not follow"):
        verify(renamed)


def test_entries_of_two_chains_do_not_mix():
    with pytest.raises(BrokenChain, match="another chain"):
        verify([make_chain(2)[0], make_chain(2, "customer:b")[1]])


def test_a_whole_number_cannot_become_true():
    chain = make_chain(1)
    with pytest.raises(BrokenChain):
        verify([replace(chain[0], sequence=True)])


def test_lines_bring_the_same_entries_back():
    chain = make_chain(3)
    assert list(from_lines([to_line(entry) + "\n" for entry in chain])) == chain


@given(texts, texts, st.dictionaries(texts, st.one_of(texts, st.integers(), st.booleans(), st.none(), st.lists(texts))))
def test_whatever_an_entry_holds_is_one_line(actor: str, subject: str, details: dict[str, object]):
    entry = rehashed(replace(make_chain(1)[0], actor=actor, subject=subject, details=details))
    line = to_line(entry)
    assert "\n" not in line
    assert list(from_lines([line])) == [entry]
    assert verify([entry]) == (1, entry.hash)


@given(st.data())
def test_a_line_with_anything_cut_out_or_put_in_is_found(data):
    lines = [to_line(entry) for entry in make_chain(3)]
    number = data.draw(st.integers(0, 2))
    line = lines[number]
    start = data.draw(st.integers(0, len(line)))
    changed = line[:start] + data.draw(st.text(max_size=3)) + line[data.draw(st.integers(start, len(line))) :]
    if _same(line, changed):
        return
    lines[number] = changed
    with pytest.raises(BrokenChain):
        verify(from_lines(lines))


def _same(line: str, changed: str) -> bool:
    """White space and such between the values changes no entry."""
    try:
        return bool(json.loads(line) == json.loads(changed))
    except ValueError:
        return False


@pytest.mark.parametrize(
    "line", ["", "[]", "1", "{}", '"text"', "{", '{"chain": 1}', "[" * 100_000, '{"chain": "\ud800"}'], ids=range(9)
)
def test_what_is_no_entry_is_named_by_its_line(line: str):
    with pytest.raises(BrokenChain, match="line 1 is not an audit entry"):
        list(from_lines([line]))


def test_half_a_character_in_a_forged_line_is_found():
    chain = make_chain(1)
    with pytest.raises(BrokenChain):
        verify(from_lines([to_line(chain[0]).replace("owner", "\\ud800")]))
