"""The guard: what a change may not do, said before anything of the change runs."""
