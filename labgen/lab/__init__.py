"""A lab: a scenario brought to life under a name, with addresses, keys and a state directory."""
