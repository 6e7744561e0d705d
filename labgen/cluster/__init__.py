"""The one place that queries a running cluster: its API, etcd, VIP, HAProxy, and its health."""
