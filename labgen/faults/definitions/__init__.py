"""Definitions of all faults, one file for each component that they break."""
