"""A scenario: its schema, loading with positions, checks, address allocation."""
