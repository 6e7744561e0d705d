"""The clients of an experiment. They query the cluster from outside, in a separate process."""
