"""Facts and rules in, a verdict for each recipient out; pure."""
