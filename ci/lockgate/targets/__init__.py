"""Where environments are planned and applied: the embedded AWS, or an account."""
