"""The commands of `lockgate`, one module each, named as the command is.

A module's `command` is its `click.Command`; the first line of its docstring is the line that
`lockgate --help` shows. Nothing else needs to know of it.
"""
