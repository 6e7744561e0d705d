"""Faults: what is done to a lab on purpose, each with its undo. catalogue.py is the page to read.

injection = inject(lab, "power-cut", "holder", duration=30)
heal(lab)
"""

from labgen.faults.catalog import FAULTS
from labgen.faults.engine import active, heal, inject
from labgen.faults.fault import Fault
from labgen.faults.records import Injection

__all__ = ["FAULTS", "Fault", "Injection", "active", "heal", "inject"]
