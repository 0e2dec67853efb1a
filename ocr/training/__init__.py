"""Training of our own models; an optional extra that the service never imports."""
