"""How a bundle is built and kept: recipes, digests, lock file. The engine refers to no part by
name."""
