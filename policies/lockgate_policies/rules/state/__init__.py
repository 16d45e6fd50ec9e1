"""Rules about where the state lies."""
