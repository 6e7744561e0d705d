"""Errors of the suite itself, as opposed to a cluster that fails."""

# The run's exit codes; pytest's own end at 5. HARNESS: the suite could not run. NOTHING:
# every test was skipped.
HARNESS, NOTHING = 6, 7
SENTENCE = "labgen_harness"  # an attribute of a test's report: why it could not run


class HarnessError(Exception):
    """The measurement failed: the lab was not healthy before it, or the prober was too slow.

    It is raised only in fixtures, so pytest counts it as an error and not as a failure.
    """
