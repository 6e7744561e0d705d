"""From a lab's name to a healthy cluster: plan.py says what happens, graph.py does it."""
