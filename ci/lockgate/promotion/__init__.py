"""Environments one after another, and how far each of them got."""
