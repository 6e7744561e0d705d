"""What watches the cluster's states: who holds the VIP, who leads etcd, which nodes are Ready."""
