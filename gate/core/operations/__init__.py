"""What operations ask: stages and facts of transits, read rates, and whether the gate flows."""
