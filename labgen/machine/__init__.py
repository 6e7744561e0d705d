"""How to get to one machine, and what is known of it."""
