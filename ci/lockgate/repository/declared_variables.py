"""Which variables a root module declares, as far as its files can be read."""

from __future__ import annotations

from pathlib import Path

from lockgate_policies.hcl.module_files import Dialect
from lockgate_policies.hcl.modules import HclError, dialect_of, read_blocks


def declared_variables(directory: Path) -> frozenset[str] | None:
    """Their names; None where the files do not parse, which whoever plans them says.

    https://developer.hashicorp.com/terraform/language/block/variable
    """
    names: set[str] = set()
    for dialect in {dialect_of(directory, engine) for engine in Dialect}:
        try:
            blocks = read_blocks(directory, dialect)
        except HclError:
            return None
        names |= {
            source.block.labels[0]
            for source in blocks
            if source.block.kind == "variable" and source.block.labels
        }
    return frozenset(names)
