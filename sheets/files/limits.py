"""How much of a file is read at most, and the refusal of a whole file."""

MOST_BYTES = 20_000_000
# Of a workbook, unpacked: what a small file may swell to.
MOST_UNPACKED = 300_000_000
MOST_SHARED_STRINGS = 80_000_000
MOST_STRINGS = 2_000_000
# Of a part that is read whole: what a workbook says of its sheets.
MOST_WHOLE = 2_000_000
# One line of a sheet, one text: what stands between two of them is let go of.
MOST_IN_AN_ELEMENT = 6_000_000
MOST_STYLES = 100_000
MOST_PARTS = 2_000
MOST_COLUMNS = 60
MOST_ROWS = 100_000
# Spreadsheets often carry a million formatted empty lines below the last one.
MOST_EMPTY = 1_000
LONGEST_CELL = 32_767
# The last line that a spreadsheet program knows.
LAST_LINE = 1_048_576
# Cells under merged blocks: each is remembered while the sheet is read.
MOST_COVERED = 500_000


class Unreadable(ValueError):
    """A file that cannot be read as a table; `code` says why, `params` fill the sentence."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)
