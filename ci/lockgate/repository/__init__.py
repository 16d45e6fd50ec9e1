"""The repository as it is given: its environments, settings, git, and what depends on what."""
