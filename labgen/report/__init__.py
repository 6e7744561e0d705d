"""Recordings for people: an HTML page, text, charts and comparisons."""
