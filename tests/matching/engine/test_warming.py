"""Nothing is left to compile when the first job comes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# What a worker does, after it has warmed up; prints each kernel that was compiled, or read from its folder, only then.
WORK = """
import importlib, pkgutil
from matching import engine
from matching.engine.events import Event, Kind, Standing, repair
from matching.engine.province import invent

NAMES = [f"matching.engine.{found.name}" for found in pkgutil.iter_modules(engine.__path__)]
MODULES = [importlib.import_module(name) for name in NAMES if not name.endswith(("__main__", "linear"))]

def kernels():
    return {
        f"{module.__name__}.{name}": len(value.nopython_signatures)
        for module in MODULES for name, value in vars(module).items() if hasattr(value, "nopython_signatures")
    }

if WARM:
    engine.warm_up()
before = kernels()
for problem in (invent(300, 30, 1), invent(700, 10, 1, oversupplied=True)):
    for workers in (1, 2):
        plan = engine.solve(problem, workers=workers, certify=True)
    kept = (plan.volunteer, plan.shift)
    engine.solve(problem, start_price=plan.shift_price, kept=kept, bonus=10)
    engine.survey(problem, plan)
    engine.who_could_serve(problem)
    standing = Standing(problem, *kept, plan.shift_price)
    for kind in Kind:
        who = int(plan.volunteer[0]) if kind in (Kind.DROPPED, Kind.DECLINED, Kind.NO_SHOW) else None
        repair(standing, Event(kind, int(plan.shift[0]), who))
print(*sorted(name for name, times in kernels().items() if times > before[name]))
"""


def compiled_too_late(*, warm: bool) -> list[str]:
    code = WORK.replace("WARM", str(warm))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_kernel_that_a_worker_needs_is_ready_after_warming_up():
    assert compiled_too_late(warm=True) == []


def test_without_warming_up_kernels_would_be_missed():
    assert "matching.engine.events.mend" in compiled_too_late(warm=False)
