"""The audit for those who watch: acts of administration, looks at persons, the check."""
