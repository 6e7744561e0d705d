"""Measuring a fault: watched from outside, done, healed, and told in figures."""
