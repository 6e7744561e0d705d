"""The workloads that the suite runs on a cluster, and operations on them."""
