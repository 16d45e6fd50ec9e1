"""What the guard says of a change that may not be planned."""

from __future__ import annotations

from dataclasses import dataclass

from lockgate.base.safe_text import visible

# Each refusal, as docs/guard.md names it, and what to do about it.
FIXES = {
    "syntax": "Write it so that `terraform validate` takes it; what cannot be read is not planned.",
    "external-data": "Remove it: it runs a program or asks a server while planning.",
    "provisioner": "Remove it: configure servers by user data or images.",
    "provider": "Use an allowed provider, or let an owner add it to pipeline.providers first.",
    "module": "Use an allowed module, or let an owner add it to pipeline.modules first.",
    "host": "Use an allowed host, or let an owner add it to pipeline.hosts first.",
    "credentials": "Remove it: a pull request does not choose where credentials come from or go.",
    "backend": "Put it back, or ask an owner for the label: the state would be elsewhere.",
    "environment": "Name it in lockgate.yaml (`lockgate init` writes it), or ask an owner for the "
    "label.",
    "path": "Read files of the repository, by a path that is written out.",
    "link": "Remove the link, or let it lead to a file of the repository.",
    "engine-override": "Remove it: it changes which engine, provider or arguments are used.",
    "engine-files": "Remove it from git: Terraform would trust it instead of installing.",
    "protected-path": "Take the change out, or ask an owner for the label.",
}


@dataclass(frozen=True, order=True)
class GuardFinding:
    """One refusal: where (``line`` starts at 1), which of FIXES, and why."""

    file: str
    line: int
    rule: str
    cause: str

    @property
    def fix(self) -> str:
        """What to do next."""
        return FIXES[self.rule]

    def __str__(self) -> str:
        where = visible(self.file)  # in one line, whatever the file is called
        return f"{where}:{self.line}: {self.rule}: {visible(self.cause)}. {self.fix}"
