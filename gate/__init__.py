"""The digital checkpoint: one service that decides whether a truck may pass."""
