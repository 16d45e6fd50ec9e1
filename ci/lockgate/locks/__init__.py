"""Who holds an environment: the pull request whose reviewed plan waits to be merged."""
