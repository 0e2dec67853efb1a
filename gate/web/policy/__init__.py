"""The policy in force: history, editor, comparison."""
