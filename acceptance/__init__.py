"""The suite a user runs against a cluster: pytest acceptance/ --lab NAME.

Each test_*.py holds one subject; framework/ holds the clients, workloads and experiments.
"""
