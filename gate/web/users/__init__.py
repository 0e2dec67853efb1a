"""People: added, changed, helped back in."""
