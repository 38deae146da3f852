"""Machine code is shared between the workers of a run and between runs; it lies with everything else made locally."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[3]
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".local" / "numba"))
