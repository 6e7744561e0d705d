"""How to ask a running cluster."""
