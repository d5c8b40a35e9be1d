"""What time it is, is asked in a test and not when its file is read: the whole suite may run in between."""

import re

from tests.support.checkout import CHECKOUT

OF_AN_IMPORT = re.compile(r"^\w+(?:: [\w.]+)? = .*(?:datetime\.now|timezone\.now|datetime\.utcnow|time\.time)\(", re.M)


def test_no_file_keeps_the_time_at_which_it_was_read():
    files = sorted((CHECKOUT / "tests").rglob("*.py"))
    assert len(files) > 400
    assert [str(path.relative_to(CHECKOUT)) for path in files if OF_AN_IMPORT.search(path.read_text())] == []


def test_one_that_does_is_found():
    assert OF_AN_IMPORT.search("import x\nNOW = dt.datetime.now(dt.UTC)\n")
    assert not OF_AN_IMPORT.search("def test():\n    now = timezone.now()\n")
