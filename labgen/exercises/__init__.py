"""Exercises: a broken lab with a task, hints and a graded repair."""
