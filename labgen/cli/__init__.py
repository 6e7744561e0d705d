"""The command line: one file per command, which parses, calls and prints; no logic."""

from labgen.cli.entry import main

__all__ = ["main"]
