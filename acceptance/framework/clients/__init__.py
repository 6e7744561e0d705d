"""Clients with which tests query the cluster and its machines."""
