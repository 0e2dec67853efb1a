"""Lanes, their devices and keys."""
