"""Lockgate: a policy-checked GitOps toolkit for Terraform on AWS."""

__version__ = "0.1.0"
