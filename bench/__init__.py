"""Benchmarks of speed and accuracy against limits and named peers; ``make bench``, no tests."""
