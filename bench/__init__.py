"""Benchmarks: speed and accuracy against limits and named peers. Not tests; run by ``make bench``."""
