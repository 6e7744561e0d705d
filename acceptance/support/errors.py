"""What may go wrong with the suite itself, told apart from a cluster that fails."""


class HarnessError(Exception):
    """The measurement could not be made: the lab was not whole before it, or the prober starved.

    Raised in fixtures only, where pytest calls it an error and not a failure.
    """
