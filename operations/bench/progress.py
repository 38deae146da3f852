"""What a benchmark says while it works: on stderr, so that stdout ends with one JSON object."""

import sys
import time

_began = time.monotonic()


def say(text: str) -> None:
    print(f"  {time.monotonic() - _began:6.1f} s  {text}", file=sys.stderr, flush=True)
