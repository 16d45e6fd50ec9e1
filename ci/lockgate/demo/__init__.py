"""The demonstration: from a pull request to drift, on a git remote and an AWS that are thrown away.

The commands are those that people and pipelines call; each is run as a process of its own, and what
it must answer is held against what it did.
"""
