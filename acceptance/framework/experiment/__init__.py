"""Experiments: inject a fault, heal it, and measure what clients notice meanwhile."""
