"""A text as a QR code (ISO/IEC 18004): squares of a path, for a page that may hold neither styles nor scripts."""

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size` is the number of squares from edge to edge, with the quiet zone of four; `path` is SVG's."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    made = QRCode(error_correction=ERROR_CORRECT_M)
    made.add_data(text)
    rows = made.get_matrix()
    squares = [f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return QrCode(size=len(rows), path="".join(squares))
