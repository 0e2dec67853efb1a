"""Acts that wait for their second person."""
