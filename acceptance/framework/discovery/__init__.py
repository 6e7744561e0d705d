"""Finding out what a cluster is that labgen did not build. Nothing is changed anywhere."""
