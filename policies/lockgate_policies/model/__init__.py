"""The architecture that a plan describes: regions, networks, records, and what a loss leaves."""
