"""Render a lab's facts to the configuration files of its machines, by the templates in this
directory.

Nothing is run, and nothing else is read.
"""
