"""How a bundle is built and kept: recipes, digests, lock file; knows no part of it by name."""
