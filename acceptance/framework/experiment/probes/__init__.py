"""The clients of an experiment: they query the cluster from outside, in a process of their own."""
