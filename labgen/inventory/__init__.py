"""The file that says how to reach a cluster that labgen did not build."""
