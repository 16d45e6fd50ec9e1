"""HCL is read as Terraform's own parser reads it, above all where somebody hides something."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate_policies.hcl import expressions
from lockgate_policies.hcl.reading import CONFIGURATION, parse
from lockgate_policies.hcl.tokens import HclSyntaxError
from tests.hcl.terraform_reads import Found, Unshowable, terraform_read_all
from tests.policies.rule_cases import all_cases

ROOT = paths.repository_root(Path(__file__))


def _directories(*places: Path) -> list[Path]:
    return sorted(
        {
            file.parent
            for place in places
            for file in place.rglob("*.tf")
            if ".terraform" not in file.parts
        }
    )


def lockgate_reads(directory: Path) -> set[Found]:
    """What Lockgate's reader finds there, in the form of ``terraform_read_all``."""
    lockgate_reads: set[Found] = set()
    for file in sorted(directory.iterdir()):
        if not file.name.endswith(CONFIGURATION):
            continue
        document = parse(file.name, file.read_bytes())
        for block in document.walk():
            if block.kind in ("resource", "data") and len(block.labels) == 2:
                lockgate_reads.add((block.kind, ".".join(block.labels), block.line))
            elif block.kind in ("module", "provisioner") and block.labels:
                lockgate_reads.add((block.kind, block.labels[0], block.line))
        for expression in expressions.expressions(document):
            lockgate_reads |= {
                ("call", call.name, call.line) for call in expressions.calls(expression)
            }
    return lockgate_reads


def test_the_modules_of_this_repository_and_the_cases_of_its_rules(tmp_path: Path) -> None:
    for number, case in enumerate(all_cases()):
        case.write(tmp_path / f"{number}-{case.rule}")
    directories = _directories(ROOT / "envs", ROOT / "modules", tmp_path)
    compared = 0
    read = terraform_read_all(directories)
    for directory, expected in zip(directories, read, strict=True):
        if isinstance(expected, Unshowable):
            continue
        found = lockgate_reads(directory)
        assert expected <= found, directory
        assert {each for each in found if each[0] != "call"} <= expected, directory
        compared += 1
    assert compared > len(directories) / 2


HIDDEN = (
    'resource "terraform_data" "a" {\n  provisioner "local-exec" {\n    command = "x"\n  }\n}\n'
)
# HCL in which something can be overlooked.
ODD = {
    "an escaped interpolation": 'locals {\n  a = "$${"\n}\n' + HIDDEN + '# "}\n',
    "an escaped directive": 'locals {\n  a = "%%{"\n}\n' + HIDDEN + '# "}\n',
    "an escaped quote": 'locals {\n  a = "\\""\n}\n' + HIDDEN + '# "\n',
    "an escaped backslash": 'locals {\n  a = "\\\\"\n}\n' + HIDDEN + '# "\n',
    "a dollar before a quote": 'locals {\n  a = "$"\n  b = "%"\n  c = "$$"\n}\n' + HIDDEN,
    "a comment sign in a text": 'locals {\n  a = "/*"\n}\n' + HIDDEN + 'locals {\n  b = "*/"\n}\n',
    "a comment in a comment": "/* /* */\n" + HIDDEN + "/* */\n",
    "a slash comment": "// /*\n" + HIDDEN + "// */\n",
    "a hash comment": "# <<EOT\n" + HIDDEN + "# EOT\n",
    "a heredoc": "locals {\n  a = <<EOT\n" + HIDDEN + "EOT\n}\n",
    "a heredoc that ends early": "locals {\n  a = <<EOT\n  EOT\n}\n" + HIDDEN + "# EOT\n",
    "a marker after words": "locals {\n  a = <<EOT\nno EOT\n EOTS\nEOT\n}\n" + HIDDEN,
    "a marker in an interpolation": 'locals {\n  a = <<EOT\n${"EOT"}\nEOT\n}\n' + HIDDEN,
    "a marker after an interpolation": 'locals {\n  a = <<EOT\n${"x"}EOT\nEOT\n}\n' + HIDDEN,
    "a marker and spaces": "locals {\n  a = <<EOT\nx\n\t EOT \t\n}\n" + HIDDEN,
    "two heredocs": "locals {\n  a = [<<A\nB\nA\n, <<B\nA\nB\n]\n}\n" + HIDDEN,
    "a heredoc in a call": 'locals {\n  a = upper(<<A\n${file("x")}\nA\n)\n}\n' + HIDDEN,
    "a heredoc in an interpolation": 'locals {\n  a = "${<<A\n}"\nA\n}"\n}\n' + HIDDEN,
    "a call in a heredoc": 'locals {\n  a = <<-A\n    ${file("x")} $${file("y")}\n  A\n}\n',
    "a directive": 'locals {\n  a = "%{if true}${file("x")}%{else}${file("y")}%{endif}"\n}\n',
    "a stripping directive": 'locals {\n  a = "%{~ if true ~} ${~ file("x") ~} %{~ endif ~}"\n}\n',
    "a text in a text": 'locals {\n  a = "${"${"${file("x")}"}"}"\n}\n' + HIDDEN,
    "braces in an interpolation": 'locals {\n  a = "${{ a = "}" }["a"]}"\n}\n' + HIDDEN,
    "labels without quotes": "resource terraform_data a {\n  provisioner local-exec {\n  }\n}\n",
    "labels of both kinds": 'data external "x" {\n}\n',
    "one line": 'data "external" "x" { program = ["a"] }\n' + HIDDEN,
    "no line break at the end": HIDDEN.rstrip(),
    "carriage returns": HIDDEN.replace("\n", "\r\n") + "locals {\r\n  a = <<A\r\nx\r\nA\r\n}\r\n",
    "a byte order mark": "\ufeff" + HIDDEN,
    "letters beyond ASCII": 'locals {\n  ö_é = "ü"\n}\n' + HIDDEN,
    "a conditional": 'locals {\n  a = true ? file("x") : file("y")\n}\n' + HIDDEN,
    "a for expression": 'locals {\n  a = { for k, v in {} : k => file("x") if true }\n}\n' + HIDDEN,
    "parentheses over lines": "locals {\n  a = (\n    true ? 1\n    : 2\n  )\n}\n" + HIDDEN,
    "an escape of a character": 'locals {\n  a = "\\u0022"\n}\n' + HIDDEN,
    "a comment behind an argument": 'locals {\n  a = 1 # "\n  b = 2 // "\n  c = 3 /* " */\n}\n'
    + HIDDEN,
    "a comment between lines": "locals {\n  a = 1 /*\n*/\n  b = 2\n}\n" + HIDDEN,
    "a provider's function": "locals {\n  a = provider::x::y(1)\n}\n",
    "spaces before a call": 'locals {\n  a = file ("x")\n}\n',
    "a splat": "locals {\n  a = [1][*]\n  b = [{ c = 1 }].*.c\n}\n" + HIDDEN,
    "an exponent": "locals {\n  a = 1e5\n  b = 1.5E-3\n}\n" + HIDDEN,
    "triple signs": 'locals {\n  a = "$$${file("x")}"\n}\n' + HIDDEN,
    "an open text": 'locals {\n  a = "\n}\n' + HIDDEN,
    "a null character": 'locals {\n  a = "\0"\n}\n' + HIDDEN,
    "a lone carriage return": "# \r" + HIDDEN,
    "a form feed": "\f" + HIDDEN,
    "a no-break space after a marker": "locals {\n  a = <<E\nx\nE\u00a0\n}\n" + HIDDEN,
    "a line separator": "# \u2028data external x {}\n" + HIDDEN,
    "brackets that cross": "locals {\n  a = [(])\n}\n" + HIDDEN,
}


# Terraform refuses these, too.
REFUSED = {
    "triple signs",
    "an open text",
    "a lone carriage return",
    "a form feed",
    "brackets that cross",
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[Found] | Unshowable]:
    """What Terraform reads in each odd text that Lockgate does not refuse."""
    names = [name for name in ODD if name not in REFUSED]
    directories = [tmp_path_factory.mktemp("odd") for _ in names]
    for name, directory in zip(names, directories, strict=True):
        (directory / "main.tf").write_text(ODD[name], newline="")
    return dict(zip(names, terraform_read_all(directories), strict=True))


@pytest.mark.parametrize("name", ODD)
def test_odd_hcl_is_read_as_terraform_reads_it_or_refused(
    name: str, expected: dict[str, set[Found] | Unshowable], tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(ODD[name], newline="")
    try:
        found = lockgate_reads(tmp_path)
    except HclSyntaxError:
        assert name in REFUSED
        return
    assert name not in REFUSED
    read = expected[name]
    assert not isinstance(read, Unshowable)
    assert {each for each in read if each[0] != "call"} == {
        each for each in found if each[0] != "call"
    }
    assert {each for each in read if each[0] == "call"} <= found
