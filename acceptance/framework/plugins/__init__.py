"""The suite's pytest plugins."""
