"""One file a step: one function that a person can say aloud."""
