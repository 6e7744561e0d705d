"""All queries of a running cluster: its API, etcd, VIP and HAProxy, and its health."""
