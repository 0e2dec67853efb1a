"""Settings, policies and how they are loaded."""
