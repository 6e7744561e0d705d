"""The kinds of machines that the provider contract is tried on; table.py lists them."""
