"""What may go wrong with the suite itself, told apart from a cluster that fails."""

# The run's exit codes; pytest's own end at 5. HARNESS: the suite could not run. NOTHING:
# every test was skipped.
HARNESS, NOTHING = 6, 7


class HarnessError(Exception):
    """The measurement failed: the lab was not healthy before it, or the prober was too slow.

    Raised in fixtures only, where pytest calls it an error and not a failure.
    """
