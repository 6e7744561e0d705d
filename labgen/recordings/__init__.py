"""What a fault or an operation did to the clients of a cluster, as data."""
