"""Operations: does the gate flow, why not, and every figure down to its transits; the wall."""
