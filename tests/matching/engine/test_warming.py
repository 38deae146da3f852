"""Nothing is left to compile when the first job comes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# Of the benchmark alone.
COLD = {"nearest", "linear"}
LIST_COLD = """
import importlib, pkgutil
from matching import engine
engine.warm_up()
for found in pkgutil.iter_modules(engine.__path__):
    if found.name in COLD or found.name == "__main__":
        continue
    module = importlib.import_module(f"matching.engine.{found.name}")
    for name, value in vars(module).items():
        if hasattr(value, "nopython_signatures") and value.__module__ == module.__name__:
            print(f"{found.name}.{name}", len(value.nopython_signatures))
"""


def test_every_kernel_that_a_worker_needs_is_ready_after_warming_up():
    code = LIST_COLD.replace("COLD", repr(COLD))

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    kernels = dict(line.split() for line in done.stdout.splitlines())
    assert len(kernels) > 40
    assert [name for name, times in kernels.items() if times == "0"] == []
