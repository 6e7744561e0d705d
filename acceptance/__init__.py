"""The suite that users run against a cluster: pytest acceptance/ --lab NAME.

Each test_*.py has one subject; framework/ has the clients, workloads and experiments.
"""
