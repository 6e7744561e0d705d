"""Clusters that labgen did not build: the file that says how they are reached."""
