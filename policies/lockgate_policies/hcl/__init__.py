"""Reads HCL as Terraform does, with the standard library alone.

Whatever can change a verdict is read here: the facts that rules judge by, the guard, the module
graph, provider aliases and backends. python-hcl2 is not used for it: it takes what follows
``"$${"`` for text up to the next brace, does not look into heredocs, and refuses valid code.
"""
