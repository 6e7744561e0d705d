"""The model that predicts outages: the times that follow from a load balancer's settings, and
limits."""
