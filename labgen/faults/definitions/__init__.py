"""The faults, in the file of what each one breaks."""
