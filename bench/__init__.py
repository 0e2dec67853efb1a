"""Benchmarks: speed against limits and named peers. Not tests; run by ``make bench``."""
