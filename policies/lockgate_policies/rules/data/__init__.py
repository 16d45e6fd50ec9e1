"""Rules about how data is copied to the other region."""
