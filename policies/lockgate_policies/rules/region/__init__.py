"""Rules about the two regions."""
