"""The lane console: one page a lane, live."""
