"""Watchlists: entries, hits, and their changes by two persons."""
