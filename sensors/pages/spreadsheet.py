"""Rows for a spreadsheet, in which nothing that somebody typed is worked out as a formula."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

# Where a spreadsheet begins to calculate, or a cell to end: https://owasp.org/www-community/attacks/CSV_Injection
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Line:
    """What the writer writes into gets back to its caller."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would calculate, also behind spaces."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) or cell.lstrip().startswith(_BEGINS_A_FORMULA) else cell


def answer_spreadsheet(name: str, rows: Iterable[Iterable[str]]) -> StreamingHttpResponse:
    """Row by row, as they come: however many there are, none waits in memory for the others."""
    # The mark by which spreadsheets know UTF-8.
    lines = _lines(rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield "\ufeff"
    writer = csv.writer(_Line())
    for row in rows:
        line: str = writer.writerow([harmless(cell) for cell in row])
        yield line
