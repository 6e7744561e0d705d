"""How to reach one machine, and what is known about it."""
