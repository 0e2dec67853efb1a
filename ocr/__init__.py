"""Machine reading of plates and documents; runs in worker processes."""
