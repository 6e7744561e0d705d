"""Run labgen as `python -m labgen`."""

from labgen.cli import main

main()
