"""Nothing is missed: generated module graphs against an oracle that knows how they were made."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.repository.affected import affected, find_affected
from lockgate.repository.file_tree import FILE, FileTree
from tests.repository.git_repositories import GitFiles

_COUNT = 6
_FORMS = (
    'file("../../{data}")',
    '"prefix ${{file("../../{data}")}}"',
    'templatefile("${{path.module}}/{up}/{data}", {{}})',
    'jsondecode(file("${{path.module}}/{up}/{data}")).x[0]',
    '[for x in fileset("${{path.module}}/{up}/{folder}", "*.txt") : x]',
    '<<-EOT\n  ${{filebase64("../../{data}")}}\n  EOT',
)


@dataclass(frozen=True)
class Node:
    """A module or environment: whom it calls, which data it reads, and how it says so."""

    calls: tuple[int, ...]
    reads: tuple[int, ...]
    form: int
    json: bool
    places: int


@st.composite
def graphs(draw: st.DrawFn) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Modules, which call only later ones, and environments, which call any."""

    def node(first: int) -> Node:
        later = st.lists(st.integers(first, _COUNT - 1), max_size=3, unique=True)
        return Node(
            tuple(draw(later)) if first < _COUNT else (),
            tuple(draw(st.lists(st.integers(0, 3), max_size=2, unique=True))),
            draw(st.integers(0, len(_FORMS) - 1)),
            draw(st.booleans()),
            draw(st.integers(0, 2)),
        )

    modules = tuple(node(number + 1) for number in range(_COUNT))
    return modules, tuple(node(0) for _ in range(3))


def directory(number: int, node: Node) -> str:
    """Where a module stands: at several depths."""
    return ["modules/m{}", "modules/deep/m{}", "m{}"][node.places].format(number)


def render(modules: tuple[Node, ...], environments: tuple[Node, ...]) -> dict[str, str]:
    """The files of a graph."""
    files = {f"data/d{n}/x.txt": "x" for n in range(4)}
    places = [directory(n, each) for n, each in enumerate(modules)]
    nodes = [*zip(places, modules, strict=True)]
    nodes += [(f"envs/e{n}", each) for n, each in enumerate(environments)]
    for place, node in nodes:
        up = "/".join([".."] * (place.count("/") + 1))
        sources = {f"c{n}": f"{up}/{places[n]}" for n in node.calls}
        if node.json:
            inner = ", ".join(f'"{k}": {{"source": "{v}"}}' for k, v in sources.items())
            files[f"{place}/main.tf.json"] = f'{{"module": {{{inner}}}}}'
        else:
            files[f"{place}/main.tf"] = "".join(
                f'module "{k}" {{\n  source = "{v}"\n}}\n' for k, v in sources.items()
            )
        lines = [
            f"  r{n} = "
            + _FORMS[node.form].format(up=up, data=f"data/d{n}/x.txt", folder=f"data/d{n}")
            for n in node.reads
        ]
        files[f"{place}/reads.tf"] = "locals {\n" + "\n".join(lines) + "\n}\n"
    return files


def oracle(modules: tuple[Node, ...], environments: tuple[Node, ...], changed: str) -> set[str]:
    """The environments that a changed file reaches, from the graph and not from its text."""
    found = set()
    for number, environment in enumerate(environments):
        waiting, reached = list(environment.calls), set()
        reads = set(environment.reads)
        while waiting:
            module = waiting.pop()
            if module not in reached:
                reached.add(module)
                waiting += modules[module].calls
                reads |= set(modules[module].reads)
        owners = {f"envs/e{number}", *(directory(n, modules[n]) for n in reached)}
        owners |= {f"data/d{n}" for n in reads}
        if changed.rpartition("/")[0] in owners:
            found.add(f"e{number}")
    return found


def tree(files: dict[str, str]) -> FileTree:
    """Files in memory."""
    return FileTree(dict.fromkeys(files, FILE), lambda path: files[path].encode())


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.data())
def test_every_change_reaches_exactly_who_depends_on_it(
    graph: tuple[tuple[Node, ...], tuple[Node, ...]], data: st.DataObject
) -> None:
    files = render(*graph)
    changed = data.draw(st.sampled_from(sorted(files)))
    after = {**files, changed: files[changed] + "\n"}
    answer = affected(tree(files), tree(after), {changed})
    assert set(answer.names) == oracle(*graph, changed)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), graphs(), st.data())
def test_the_graphs_before_and_after_both_count(
    before: tuple[tuple[Node, ...], tuple[Node, ...]],
    after: tuple[tuple[Node, ...], tuple[Node, ...]],
    data: st.DataObject,
) -> None:
    old, new = render(*before), render(*after)
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    extra = data.draw(st.sampled_from(sorted({*old} & {*new})))
    answer = affected(tree(old), tree(new), {*changed, extra})
    expected = {
        name for path in {*changed, extra} for name in oracle(*before, path) | oracle(*after, path)
    }
    assert set(answer.names) >= expected


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.data())
def test_in_a_real_repository_too(
    graph: tuple[tuple[Node, ...], tuple[Node, ...]], data: st.DataObject
) -> None:
    files = render(*graph)
    changed = data.draw(st.sampled_from(sorted(files)))
    with tempfile.TemporaryDirectory() as directory:
        repository = GitFiles.make(Path(directory), files)
        repository.commit({changed: files[changed] + "\n"})
        assert set(find_affected(Path(directory), "main").names) == oracle(*graph, changed)
