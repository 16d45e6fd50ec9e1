"""Reads HCL as Terraform does, for what decides before Terraform may run.

python-hcl2 is not used for this: it takes what follows ``"$${"`` for text up to the next brace, and
does not look into heredocs, so a provisioner or a call of ``file`` can hide from it.
"""
