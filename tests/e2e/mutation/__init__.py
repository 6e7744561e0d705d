"""The acceptance suite's teeth: for every test a sabotage that makes it fail, and no other.

catalogue.py is the page to read; each area has a file. suite.py runs the suite against them.
"""
