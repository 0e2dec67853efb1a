"""Subcommands of the gate program, one a file."""
