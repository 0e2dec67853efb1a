"""Speed and accuracy, measured against peers and limits."""
