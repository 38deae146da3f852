"""Measures the product on this machine: real servers, real HTTP, real rows. `docs/benchmarks.md` says what each counts."""
