"""How tests ask the cluster and its machines."""
