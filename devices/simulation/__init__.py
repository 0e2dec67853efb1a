"""Simulated trucks, lanes and barriers."""
