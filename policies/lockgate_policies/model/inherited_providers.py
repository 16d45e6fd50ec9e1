"""Which AWS provider each module call gets: what it passes, or else what it inherits.

Read from the HCL, since a plan does not tell an inherited provider from a passed one.

Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers
"""

from __future__ import annotations

from .hcl_facts import HclFacts
from .plan_tree import ModuleInstance, Resource
from .plan_values import as_dict, as_list, as_text

DEFAULT = "aws"
_LOCAL_SOURCES = ("./", "../")

Path = tuple[str, ...]


class InheritedProviders:
    """Follows the ``providers`` of module calls, from a module up to the root."""

    def __init__(self, facts: HclFacts, root: ModuleInstance) -> None:
        self._facts = facts
        self._paths = list(dict.fromkeys(module.path for module in root.walk() if module.parent))

    def root_key(self, path: Path, name: str = DEFAULT) -> str:
        """The configuration that a module's provider is: ``aws.secondary``, or ``a.b:aws``.

        The part before a colon is the module that configures it, none for the root module.
        """
        if not path:
            return name
        if name in self._configured(path):
            return f"{'.'.join(path)}:{name}"
        passed = self._passed(path)
        if name in passed:
            return self.root_key(path[:-1], passed[name])
        return self.root_key(path[:-1], DEFAULT) if name == DEFAULT else f"{'.'.join(path)}:{name}"

    def has_default(self, path: Path) -> bool:
        """Tell whether a module has a default AWS provider that its own calls can inherit.

        A root module without any provider block has one: the shell's region.
        """
        configured = self._configured(path)
        if not path:
            return not configured or DEFAULT in configured
        if DEFAULT in configured:
            return True
        passed = self._passed(path)
        if passed:
            return DEFAULT in passed
        # With an alias to be passed, and nothing passed, Terraform stops before any rule is asked.
        return self.has_default(path[:-1])

    def choices(self, path: Path) -> set[str]:
        """The AWS provider configurations that a module's own calls can get."""
        names = set(self._configured(path))
        if path:
            passed = self._passed(path)
            names |= set(passed) if passed else {DEFAULT}
        return {self.root_key(path, name) for name in names}

    def same_module(self, path: Path) -> list[Path]:
        """The other calls, anywhere in the tree, of the module that a call path leads to."""
        directory = self._facts.module(path).get("directory")
        if directory is None:
            return []
        return [
            other
            for other in self._paths
            if other != path and self._facts.module(other).get("directory") == directory
        ]

    def takes_default(self, module: ModuleInstance) -> bool:
        """Tell whether anything of a module needs the default provider of its caller."""
        return self._takes(module, DEFAULT)

    def _takes(self, module: ModuleInstance, name: str) -> bool:
        if name in self._configured(module.path):
            return False
        return any(self._provider(resource) == name for resource in module.resources) or any(
            self._takes(child, inner)
            for child in module.children
            for inner, outer in (self._passed(child.path) or {DEFAULT: DEFAULT}).items()
            if outer == name
        )

    def _provider(self, resource: Resource) -> str:
        if not resource.type.startswith("aws_"):
            return ""
        path, kind, name = resource.module.path, resource.type, resource.name
        return self._facts.expression(path, kind, name, "provider") or DEFAULT

    def elsewhere(self, path: Path) -> str:
        """The source on the way to a module that is not of this repository; "" if none is."""
        for depth in range(1, len(path) + 1):
            calls = as_dict(self._facts.module(path[: depth - 1]).get("calls"))
            source = as_text(as_dict(calls.get(path[depth - 1])).get("source")) or ""
            if source and not source.startswith(_LOCAL_SOURCES):
                return source
        return ""

    def _passed(self, path: Path) -> dict[str, str]:
        """What a call passes, of AWS: the module's name for it, and the caller's."""
        calls = as_dict(self._facts.module(path[:-1]).get("calls"))
        passed = as_dict(as_dict(calls.get(path[-1])).get("providers"))
        return {
            name: text
            for name, text in passed.items()
            if isinstance(text, str) and name.split(".")[0] == DEFAULT
        }

    def _configured(self, path: Path) -> list[str]:
        """The names of a module's own provider blocks."""
        blocks = [as_dict(block) for block in as_list(self._facts.module(path).get("providers"))]
        return [
            f"{DEFAULT}.{alias}" if (alias := as_text(block.get("alias"))) else DEFAULT
            for block in blocks
            if block.get("name") == DEFAULT
        ]
