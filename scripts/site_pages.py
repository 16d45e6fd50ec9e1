"""Has mkdocs build the site from the repository's own pages, each where it stands.

mkdocs takes the pages of one directory. These lead out of docs/ as well: to the README, to the
pages of the modules, to a workflow. So every page gets the place in the site that it has in the
repository, and what pages lead to is copied beside them: no link is rewritten, and none differs
from what the hosts show. The navigation is the reading order of docs/README.md. mkdocs calls the
functions below by their names: https://www.mkdocs.org/dev-guide/plugins/#events.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from pymdownx.superfences import fence_code_format

from scripts import mermaid

ROOT = Path(__file__).resolve().parent.parent
INDEX = "docs/README.md"
_TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
# The pages that are lists of others, and where those stand.
_BELOW = {"docs/modules.md": "modules/", "docs/adr/README.md": "docs/adr/"}
_SCRIPT = f"docs/{mermaid.FILE}"
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give the site its navigation, and Mermaid where it is installed.

    Without Mermaid a diagram stays the code that it is written in: that can be read, and the theme
    is given no reason to ask a CDN.
    """
    config.nav = reading_order()
    fences: list[dict[str, Any]] = []
    if mermaid.installed() is not None:
        config.extra_javascript.append(_SCRIPT)
        fences.append({"name": "mermaid", "class": "mermaid", "format": fence_code_format})
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = fences
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put every page, and what pages lead to, where it stands in the repository."""
    for file in list(files):
        if file.src_dir == config.docs_dir:
            files.remove(file)
    for path in pages() + assets():
        files.append(_file(config, path, ROOT / path))
    script = mermaid.installed()
    if script is not None:
        files.append(_file(config, _SCRIPT, script))
    return files


def pages() -> list[str]:
    """Every page of the repository, by its path."""
    paths = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("modules/*/README.md")]
    return [*_TOP, *sorted(str(path.relative_to(ROOT)) for path in paths)]


def assets() -> list[str]:
    """The files that pages lead to and that are no pages: pictures, workflows, examples."""
    all_pages = pages()
    targets = {target for page in all_pages for _, target in links(page)}
    return sorted(path for path in targets - set(all_pages) if (ROOT / path).is_file())


def links(page: str) -> Iterator[tuple[str, str]]:
    """The text and the path of each link of a page that leads into the repository."""
    for text, target in _LINK.findall(_CODE.sub("", (ROOT / page).read_text("utf-8"))):
        path = target.partition("#")[0]
        if path and ":" not in path:
            yield text, posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def reading_order() -> list[Any]:
    """The navigation: the sections of docs/README.md, each with the pages that it leads to."""
    reading_order: list[Any] = [{"Where to begin": INDEX}]
    _, *sections = re.split(r"^## ", (ROOT / INDEX).read_text("utf-8"), flags=re.MULTILINE)
    for section in sections:
        title, _, text = section.partition("\n")
        items = re.findall(r"^- \[([^\]]+)\]\(([^)#]+)\)", text, re.MULTILINE)
        reading_order.append({title: [_entry(name, path) for name, path in items]})
    return reading_order


def _entry(name: str, link: str) -> dict[str, Any]:
    """A page, or a page and those that its table or list leads to."""
    page = posixpath.normpath(posixpath.join(posixpath.dirname(INDEX), link))
    below = {
        target: text for text, target in links(page) if target.startswith(_BELOW.get(page, "/"))
    }
    if not below:
        return {name: page}
    return {name: [{name: page}, *({text: target} for target, text in below.items())]}


def _file(config: MkDocsConfig, path: str, source: Path) -> File:
    return File.generated(config, path, abs_src_path=str(source), inclusion=InclusionLevel.INCLUDED)
