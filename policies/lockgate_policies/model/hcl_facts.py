"""What the HCL says and a plan leaves out: locals, expression texts, lines, providers, backend.

The facts are plain JSON so that they can travel inside a plan document (under the key
``lockgate``): whoever writes the plan file reads the HCL once, and every later judgement of that
file, in any checkov, has the same facts. ``hcl_reader`` produces them.

Shape::

    {"modules": {"<call path joined by '.', '' for the root>": {
        "directory": "modules/network",
        "resources": {"aws_subnet.public": {"file": "…/main.tf", "line": 12, "arguments": {…}}},
        "calls": {"network": {"file": …, "line": …, "providers": {"aws": "aws.secondary"} | null,
                  "arguments": {…}, "source": "./net"}},
        "locals": {"name": "${…}"}, "outputs": {"name": "${…}"},
        "required_providers": ["aws"], "configuration_aliases": ["aws.primary"],
        "required_version": ">= 1.10" | null,
        "provider_constraints": {"aws": ">= 3.39, < 7.0"},
        "backend": {"type": "s3", "arguments": {…}} | null}}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .plan_values import as_dict, as_list, as_text

NOT_READ = (
    "a plan does not hold its root module's terraform block: judge it together with its HCL "
    "(lockgate check, or checkov run beside the root module)"
)
"""Why a rule about the HCL is unknown where there is only a plan."""

REST_IS_GIVEN = (
    "the rest of the s3 backend is given to `init` from elsewhere, and nobody has said what: name "
    "it in lockgate.yaml, under backend_config of the environment"
)
"""Why a rule about a backend is unknown that does not even name its bucket and key."""

# Letters of any language, and the marks that combine with them.
_NAME = r"[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff-]*"
_TRAVERSAL = re.compile(
    rf"""(?<![\w\x80-\U0010ffff.\]"])     # not inside another traversal or a word
        ({_NAME}                           # head
         (?:\.(?:{_NAME}|\*)|\[(?:"[^"]*"|[0-9]+|\*)\]|\.[0-9]+)+)""",
    re.VERBOSE,
)
_META_ARGUMENTS = ("provider", "count", "for_each", "depends_on", "lifecycle", "provisioner")
_ANY_INDEX = re.compile(r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]")


@dataclass(frozen=True)
class HclFacts:
    """Facts by module path; every question may be answered by None, "the HCL was not read"."""

    modules: dict[str, Any] = field(default_factory=dict)
    roots: tuple[str, ...] = ("",)
    """The paths of the root modules: several where their plans are joined to one."""

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> HclFacts:
        """Take the facts that travel in a plan document, if any do."""
        facts = as_dict(as_dict(document.get("lockgate")).get("hcl"))
        roots = tuple(str(root) for root in as_list(facts.get("roots")))
        return cls(as_dict(facts.get("modules")), roots or ("",))

    def root_modules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The facts of each root module, and what a message about it begins with."""
        for root in self.roots:
            facts = as_dict(self.modules.get(root))
            yield f"{facts.get('directory')}: " if root else "", facts

    @property
    def read(self) -> bool:
        """Tell whether there are facts of every root module."""
        return all(root in self.modules for root in self.roots)

    def module(self, path: tuple[str, ...]) -> dict[str, Any]:
        """The facts of the module that the call path leads to."""
        return as_dict(self.modules.get(".".join(path)))

    def local(self, path: tuple[str, ...], name: str) -> str | None:
        """The expression text of a local value."""
        return as_text(as_dict(self.module(path).get("locals")).get(name))

    def output(self, path: tuple[str, ...], name: str) -> str | None:
        """The expression text of an output value."""
        return as_text(as_dict(self.module(path).get("outputs")).get(name))

    def expression(self, path: tuple[str, ...], kind: str, name: str, where: str) -> str | None:
        """The text of a resource's argument; for a path into blocks, the first block's name."""
        resource = as_dict(as_dict(self.module(path).get("resources")).get(f"{kind}.{name}"))
        return as_text(as_dict(resource.get("arguments")).get(where.split(".")[0]))

    def arguments(self, path: tuple[str, ...], kind: str, name: str) -> list[str]:
        """The names of the arguments and blocks that a resource's HCL gives, without meta ones."""
        resource = as_dict(as_dict(self.module(path).get("resources")).get(f"{kind}.{name}"))
        return [key for key in as_dict(resource.get("arguments")) if key not in _META_ARGUMENTS]

    def call_argument(self, path: tuple[str, ...], call: str, name: str) -> str | None:
        """The text of a module call's argument."""
        call_facts = as_dict(as_dict(self.module(path).get("calls")).get(call))
        return as_text(as_dict(call_facts.get("arguments")).get(name))

    def location(self, path: tuple[str, ...], kind: str, name: str) -> str | None:
        """``file:line`` of a resource block, the file relative to the repository."""
        resource = as_dict(as_dict(self.module(path).get("resources")).get(f"{kind}.{name}"))
        file, line = as_text(resource.get("file")), resource.get("line")
        return f"{file}:{line}" if file and isinstance(line, int) else None

    @staticmethod
    def references_in(text: str) -> list[str]:
        """The references in an expression's text, as far as a plan would name them."""
        return [
            match.group(1).replace("[*]", "").replace(".*", "")
            for match in _TRAVERSAL.finditer(text)
        ]

    @staticmethod
    def outputs_used(text: str | None, module: str) -> set[str] | None:
        """The outputs of ``module.NAME[...]`` that an expression's text takes; None if not told."""
        if text is None:
            return None
        flat = _ANY_INDEX.sub("", text)
        outputs = re.findall(rf"\bmodule\.{re.escape(module)}\.({_NAME})", flat)
        return set(outputs) or None


def is_partial(backend: dict[str, Any]) -> bool:
    """Whether ``init`` must be given the rest of an ``s3`` backend.

    https://developer.hashicorp.com/terraform/language/backend#partial-configuration
    """
    arguments = as_dict(backend.get("arguments"))
    return backend.get("type") == "s3" and not {"bucket", "key"} <= arguments.keys()
