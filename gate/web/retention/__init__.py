"""Retention: limits, dry run, runs, legal holds, erasure of a person."""
