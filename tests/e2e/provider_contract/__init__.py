"""The kinds of machines that the provider contract is tested on; table.py lists them."""
