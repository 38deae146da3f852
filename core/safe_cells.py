"""Text for spreadsheets: the one place that says what a formula begins with."""

# Full-width signs count too: programs with a Chinese or Japanese input method take them for the same.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: with an apostrophe in front where it could be one."""
    return f"'{text}" if text.lstrip(" ").startswith(RISKY) else text
