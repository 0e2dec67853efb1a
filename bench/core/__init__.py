"""Measures the deciding core: simulated traffic with faults, matching, pre-selection."""
