"""Observers of the cluster's states: the VIP holder, etcd's leader, the Ready nodes."""
