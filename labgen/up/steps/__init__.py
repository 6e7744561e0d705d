"""The steps of `labgen up`, one file and one function each."""
