"""From an environment to its verdict: plan it, have checkov judge it, read what it reports."""
