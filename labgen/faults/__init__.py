"""Faults: failures that labgen injects into a lab and heals again. Read catalog.py first.

injection = inject(lab, "power-cut", "holder", duration=30)
heal(lab)
"""

from labgen.faults.catalog import FAULTS
from labgen.faults.engine import active, heal, inject
from labgen.faults.fault import Fault
from labgen.faults.records import Injection

__all__ = ["FAULTS", "Fault", "Injection", "active", "heal", "inject"]
