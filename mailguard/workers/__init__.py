"""Workers lease work, call a stage or two, and record the outcome in one transaction."""
