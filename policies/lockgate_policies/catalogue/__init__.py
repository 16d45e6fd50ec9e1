"""What a rule is, how it is found, and how a plan is judged by it."""
