"""How the suite looks at a cluster: the API, the machines, the prober, the workload."""
