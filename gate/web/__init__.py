"""Pages, live events, metrics and health over HTTP."""
