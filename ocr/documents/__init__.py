"""Documents: machine-readable zones, bar codes, containers, papers."""
