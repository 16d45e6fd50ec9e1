"""The documentation site is built from the pages as they are, and needs nobody else's server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

from lockgate.base import paths
from scripts import mermaid, site_pages

ROOT = paths.repository_root(Path(__file__))
# What a browser loads by itself, by the attribute that names it.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href"}
_COUNTED = ("h1", "h2", "h3", "ul", "ol", "li", "table", "tr", "img")


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """`make docs`, into another directory."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass
class Html(HTMLParser):
    """What of a page leads elsewhere, can be led to, is loaded, and is counted."""

    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if _LOADED.get(tag) in given and given.get("rel") not in ("canonical", "prev", "next"):
            self.loaded.append(given[_LOADED[tag]])
        self.anchors |= {given[name] for name in ("id", "name") if name in given}


def read(page: Path) -> Html:
    parser = Html()
    parser.feed(page.read_text("utf-8"))
    return parser


def lead_nowhere(site: Path) -> Iterator[str]:
    """Every link and anchor in a site that leads to nothing in it."""
    read_pages = {path: read(path) for path in site.rglob("*.html") if path.name != "404.html"}
    for path, page in read_pages.items():
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchors = read_pages[target].anchors if target in read_pages else {parts.fragment}
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors):
                yield f"{path.relative_to(site)}: {link}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mermaid.install()
    site = tmp_path_factory.mktemp("site")
    done = build(ROOT, site)
    assert done.returncode == 0, done.stderr
    return site


def test_every_page_can_be_reached_from_the_readme(site: Path) -> None:
    there = {path.resolve() for path in site.rglob("*.html") if path.name != "404.html"}
    assert len(there) == len(site_pages.pages())
    reached: set[Path] = set()
    waiting = [(site / "index.html").resolve()]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in read(page).links:
            path = unquote(urlsplit(link).path)
            target = (page.parent / path).resolve()
            waiting += [target] if path and target in there else []
    assert there - reached == set()


def test_every_link_and_anchor_leads_somewhere(site: Path) -> None:
    assert list(lead_nowhere(site)) == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert [url for url in read(path).loaded if urlsplit(url).netloc] == [], path
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", path.read_text("utf-8"))


def test_diagrams_are_drawn_by_a_mermaid_that_the_site_carries(site: Path) -> None:
    page = site / "docs" / "architecture.html"
    assert page.read_text("utf-8").count('<pre class="mermaid">') == 7
    assert "mermaid.min.js" in " ".join(read(page).loaded)
    assert (site / "docs" / mermaid.FILE).read_bytes() == mermaid.install().read_bytes()


def test_without_mermaid_a_diagram_is_its_code_and_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    done = build(ROOT, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "site" / "docs" / "architecture.html").read_text("utf-8")
    # The theme asks a CDN for Mermaid where, and only where, something has this class.
    assert 'class="mermaid"' not in text
    assert text.count("flowchart TD") == 7


def test_every_page_has_the_same_parts_as_on_the_hosts(site: Path) -> None:
    """The hosts read CommonMark, mkdocs does not: a list that is one there can be text here."""
    for page in site_pages.pages():
        hosted = MarkdownIt().enable("table").render((ROOT / page).read_text("utf-8"))
        path = site / (page.removesuffix(".md") + ".html").replace("README.html", "index.html")
        article = path.read_text("utf-8").partition("<article")[2].partition("</article>")[0]
        assert parts(article) == parts(hosted), page


def parts(html: str) -> dict[str, int]:
    """How many headings, lists, tables and pictures there are."""
    found = Counter(re.findall(r"<(\w+)", html))
    return {tag: found[tag] for tag in _COUNTED}


def test_the_navigation_is_the_reading_order() -> None:
    sections = [next(iter(each)) for each in site_pages.reading_order()]
    assert sections == [
        *("Where to begin", "Start", "Judge", "Pipeline", "Apply", "Operate", "Build"),
    ]


def test_what_is_broken_stops_the_build(tmp_path: Path) -> None:
    for name in ("docs", "modules", "ci/github", "ci/gitlab", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in (*site_pages.pages()[:4], "mkdocs.yml", ".gitlab-ci.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "docs" / "new.md").write_text("# A page that nothing leads to\n")
    with (tmp_path / "docs" / "locks.md").open("a", encoding="utf-8") as page:
        page.write("\nSee [it](gone.md), and [this](drift.md#gone).\n")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode == 1
    for said in ("'docs/gone.md' is not found", "an anchor '#gone'", 'not included in the "nav"'):
        assert said in done.stderr
