"""Figures: what Lockgate costs beside what a user would do instead. Run by ``make bench``."""
