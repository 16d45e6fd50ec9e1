"""`python -m lockgate`."""

from lockgate.cli import run

run()
