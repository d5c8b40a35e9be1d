"""How much one file may be. All else that reading it costs follows from these."""

MOST_BYTES = 4 * 1024 * 1024
# Of what a workbook, which is a compressed folder, holds.
MOST_UNPACKED_BYTES = 24 * 1024 * 1024
# All rows with all columns take 370,000; each costs some microseconds.
MOST_ELEMENTS = 800_000
MOST_FILES_IN_WORKBOOK = 200
MOST_ROWS = 10_000
MOST_COLUMNS = 40
# Longer than the longest field.
LONGEST_CELL = 1000
