"""A lab: a scenario with a name, addresses, keys and a state directory."""
