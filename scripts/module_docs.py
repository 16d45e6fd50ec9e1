"""Writes the tables of each module's README.md from its HCL; what stands above them is kept."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).resolve().parent.parent
BEGIN = "<!-- Made by scripts/module_docs.py from the HCL; a test keeps it true. -->"


def modules() -> list[Path]:
    """The directories of the modules."""
    return sorted(path.parent for path in (ROOT / "modules").glob("*/variables.tf"))


def readme(module: Path) -> str:
    """The README that a module should have. Raises ValueError if nobody wrote its first part."""
    path = module / "README.md"
    own, marker, _ = path.read_text(encoding="utf-8").partition(BEGIN)
    if not marker:
        raise ValueError(f"{path.relative_to(ROOT)}: the line `{BEGIN}` is missing")
    return f"{own}{BEGIN}\n\n{tables(module)}"


def tables(module: Path) -> str:
    """Requirements, resources, inputs and outputs as Markdown."""
    blocks = dict(_blocks(module))
    lines = ["## Requirements", ""]
    for block in blocks.get("terraform", []):
        lines.append(f"- Terraform {_plain(block.get('required_version'))}")
        for required in block.get("required_providers", []):
            for name, entry in required.items():
                if isinstance(entry, dict):
                    lines.append(f"- provider {_plain(name)} {_plain(entry.get('version'))}")
    parts = [*blocks.get("module", []), *blocks.get("resource", []), *blocks.get("data", [])]
    lines += ["", "## What it makes", ""]
    lines += sorted({f"- `{line}`" for part in parts for line in _addresses(part)})
    lines += ["", "## Inputs", "", "| Name | Type | Default | Description |"]
    lines.append("| --- | --- | --- | --- |")
    for name, body in sorted(_named(blocks.get("variable", []))):
        default = f"`{_value(body['default'])}`" if "default" in body else "required"
        kind = _plain(body["type"])
        lines.append(f"| `{name}` | `{kind}` | {default} | {_plain(body['description'])} |")
    lines += ["", "## Outputs", "", "| Name | Description |", "| --- | --- |"]
    for name, body in sorted(_named(blocks.get("output", []))):
        lines.append(f"| `{name}` | {_plain(body['description'])} |")
    return "\n".join(lines) + "\n"


def _blocks(module: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(module.glob("*.tf")):
        for kind, blocks in hcl2.loads(file.read_text(encoding="utf-8")).items():
            by_kind.setdefault(kind, []).extend(blocks if isinstance(blocks, list) else [])
    yield from by_kind.items()


def _named(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in blocks:
        for name, body in block.items():
            if isinstance(body, dict):
                yield _plain(name), body


def _addresses(block: dict[str, Any]) -> Iterator[str]:
    for kind, named in _named([block]):
        names = [_plain(name) for name, body in named.items() if isinstance(body, dict)]
        if "source" in named:
            yield f"module.{kind}"
        else:
            yield from (f"{kind}.{name}" for name in names if not name.startswith("__"))


def _plain(value: object) -> str:
    text = str(value)
    if text.startswith("${") and text.endswith("}"):
        text = text[2:-1]
    return text.strip('"').replace("|", "\\|")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        return "{}" if not [key for key in value if not key.startswith("__")] else str(value)
    return "null" if value is None else str(value)


def main() -> int:
    """Write the READMEs, or with --check exit with 1 naming those that are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    stale = []
    for module in modules():
        path = module / "README.md"
        text = readme(module)
        if path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
            if not arguments.check:
                path.write_text(text, encoding="utf-8")
    if stale and arguments.check:
        print(f"stale: {', '.join(stale)}; run scripts/module_docs.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
