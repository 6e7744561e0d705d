"""What asks the cluster from outside, open loop, in a process of its own."""
