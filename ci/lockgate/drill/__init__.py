"""A timed rehearsal of the loss of a region, on the records that are applied."""
