"""Lockgate's policies: an architecture model read from a plan, and the rules judged on it.

Rules stand above the catalogue, the catalogue above the model. ``checkov/`` is the directory that
``checkov --external-checks-dir`` takes: checkov imports every Python file of it as a module of its
own, and goes down into directories with an ``__init__.py``. So it holds one file, which loads the
rest as this package. Only the standard library and checkov may be imported here.
"""
