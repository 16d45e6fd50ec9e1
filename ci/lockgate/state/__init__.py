"""Where states lie: their bucket, their locks, and what to do when one could not be written."""
