"""The model that predicts outages: what a load balancer promises, and the limits that follow."""
