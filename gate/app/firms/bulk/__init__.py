"""Many declarations at once from a table: read, shown with every problem, then filed."""
