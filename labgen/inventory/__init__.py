"""The file that describes how to reach a cluster that labgen did not build."""
