"""From a lab's name to a healthy cluster: plan.py defines the steps, graph.py runs them."""
