"""The threat model says what is granted, and nothing else."""

import pytest

from portal.grants_table import BEGIN, DOCUMENT, END, grants_tables, written_into


def test_the_threat_models_tables_are_those_of_the_declaration():
    text = DOCUMENT.read_text()
    assert text == written_into(text), "run script/grants-table"


def test_they_replace_what_stands_between_the_marks_and_nothing_else():
    assert written_into(f"before\n{BEGIN}\nof yesterday\n{END}\nafter\n") == (
        f"before\n{BEGIN}\n{grants_tables()}\n{END}\nafter\n"
    )


def test_a_document_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="lacks"):
        written_into("nothing here\n")


def test_the_door_of_the_people_writes_none_of_the_facts_of_a_key():
    """In words that a reader looks for, so that a change of the declaration is seen here as well."""
    lines = [line.split(" | ") for line in grants_tables().splitlines() if line.startswith("| `")]
    written = {line[0].strip("| `"): line[1].strip() for line in lines}
    for table in ("pki_certificate", "pki_wrappedkey", "sensors_session", "sensors_gatewaycontact"):
        assert written[table] in {"", "locks"}, table
    assert not {"sensors_underlayaddress", "sensors_gatewayslot"} & set(written)
