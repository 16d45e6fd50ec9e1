"""Lockgate's policies: an architecture model read from a plan, and the rules judged on it.

This directory is what ``checkov --external-checks-dir`` takes. checkov imports every Python file
of a directory that has an ``__init__.py`` as a stand-alone module, so only this directory has one:
``lockgate_checks.py`` is the one file checkov sees, and it loads the rest as a package.
"""
