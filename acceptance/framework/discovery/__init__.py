"""Discover a cluster that labgen did not build, without changing anything."""
