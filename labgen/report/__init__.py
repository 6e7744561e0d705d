"""What labgen says to people: errors with hints, progress. Nothing here knows of labs."""
