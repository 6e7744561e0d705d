"""What a lab is made of: built once, locked by digests, then used without a network.

contents.py lists the parts, versions.py has their versions, parts/ makes them, engine/ builds and
locks them, and store.py finds finished bundles.
"""
