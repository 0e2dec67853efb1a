"""PostgreSQL and the evidence store; all SQL lives here."""
