"""What the suite runs on a cluster, and what it does with it."""
