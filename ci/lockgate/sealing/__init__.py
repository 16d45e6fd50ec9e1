"""Sealed plans: what was reviewed is applied exactly, once, or not at all."""
