"""Rules about how a name fails over."""
