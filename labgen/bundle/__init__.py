"""What a lab is made of and where it comes from: built once, digest-locked, then no network.

versions.py says what, parts.py lists the parts, build.py makes them, store.py hands them out.
"""
