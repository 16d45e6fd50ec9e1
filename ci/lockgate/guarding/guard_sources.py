"""Whether the source of a provider or a module is on the allow-list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

REGISTRY = "registry.terraform.io"
# Where a source without a host leads, by the engine that reads it.
_DEFAULT_HOSTS = (REGISTRY, "registry.opentofu.org")
BUILT_IN = "terraform.io/builtin/terraform"
_NAME = r"[0-9A-Za-z][0-9A-Za-z_-]*"
_PROVIDER = re.compile(rf"(?:([0-9A-Za-z.-]+(?::\d+)?)/)?({_NAME})/({_NAME})|({_NAME})")
_SHELL_STYLE = re.compile(r"(?:[^/@:]+@)?([^/:@]+):(?!//)")
# What may follow an allowed beginning: nothing that makes another name or host of it.
_ENDS = ("/", "?")


def provider_address(source: str) -> tuple[str, str] | None:
    """Host and ``namespace/type`` of a provider's source, None if it is none."""
    match = _PROVIDER.fullmatch(source)
    if not match:
        return None
    host, namespace, name, alone = match.groups()
    if alone:
        namespace, name = "hashicorp", alone
    return (host or REGISTRY).lower(), f"{namespace}/{name}".lower()


def provider_allowed(source: str, allowed: Iterable[str]) -> bool:
    """Tell whether a provider is one of the allowed ones; hosts are asked for apart."""
    wanted = provider_address(source)
    if wanted is None:
        return False
    for provider in allowed:
        address = provider_address(provider)
        if address is None or address[1] != wanted[1]:
            continue
        if address[0] == wanted[0]:
            return True
        # Written without a host, it is meant for whichever registry the engine asks.
        if provider.count("/") < 2 and wanted[0] in _DEFAULT_HOSTS:
            return True
    return False


def module_host(source: str) -> str | None:
    """The host that a module is fetched from, None if it cannot be told."""
    rest = source
    while (prefix := re.match(r"[A-Za-z0-9]+::", rest)) is not None:
        rest = rest[prefix.end() :]
    if "://" in rest:
        try:
            return urlsplit(rest).hostname
        except ValueError:
            return None
    if shell_style := _SHELL_STYLE.match(rest):
        return shell_style.group(1).lower()
    parts = rest.partition("?")[0].split("//")[0].split("/")
    if "." in parts[0]:
        return parts[0].lower()
    return REGISTRY if len(parts) == 3 and all(parts) and rest == source else None


def module_allowed(source: str, allowed: Iterable[str]) -> bool:
    """Tell whether a module's source starts with an allowed beginning, whole names compared."""
    lowered = source.lower()
    if any(escape in lowered for escape in ("\\", "/../", "/./", "%2e", "%2f", "%5c")):
        return False
    if lowered.endswith("/.."):
        return False
    return any(
        source == beginning
        or (
            source.startswith(beginning)
            and (beginning.endswith("/") or source[len(beginning)] in _ENDS)
        )
        for beginning in allowed
    )
