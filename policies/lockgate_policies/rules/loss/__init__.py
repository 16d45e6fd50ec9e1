"""Rules about what a loss leaves."""
