"""Mutation tests of the acceptance suite: each test has a mutation that makes only that test fail.

Read catalog.py first; each subject has a file. suite.py runs the suite against the mutations.
"""
