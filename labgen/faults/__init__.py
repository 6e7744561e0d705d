"""Faults: what is done to a lab on purpose, each with its undo. catalogue.py is the page to read.

injection = inject(lab, "power-cut", "holder", lasting=30)
heal(lab)
"""

from labgen.faults.catalogue import FAULTS
from labgen.faults.fault import Fault
from labgen.faults.injection import Injection
from labgen.faults.operate import active, heal, inject

__all__ = ["FAULTS", "Fault", "Injection", "active", "heal", "inject"]
