"""Search of transits, and the proof of one."""
