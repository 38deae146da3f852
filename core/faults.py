"""Named points at which the tests may kill a process. The product passes them without effect."""


def point(name: str) -> None:
    """Called with the point's name; a test replaces this function."""
