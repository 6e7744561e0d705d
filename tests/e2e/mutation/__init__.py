"""Mutation tests of the acceptance suite: for each test a mutation that makes it alone fail.

catalog.py is the page to read; each area has a file. suite.py runs the suite against them.
"""
