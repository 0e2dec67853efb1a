"""Pure types and wire contracts; standard library only."""
