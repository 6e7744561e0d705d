"""How the suite observes a cluster: the API, the machines, the prober, the workload."""
