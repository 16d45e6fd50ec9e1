"""What is remembered while one environment is planned: the two passes and what they made up."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lockgate.engine.provider_proxy.joins import Joins
from lockgate.engine.provider_proxy.made_up import Pass, Shapes
from lockgate.engine.provider_proxy.recorded_answers import RecordedAnswers
from lockgate.engine.provider_proxy.tokens import TokenTable
from lockgate.engine.provider_proxy.values import is_unknown


@dataclass(frozen=True)
class MadeAnswer:
    """An answer with something made up in it, and the region it was given for."""

    type_name: str
    looked_up: bool
    region: str | None
    made: frozenset[tuple[str, ...]]
    not_given: frozenset[str] = frozenset()
    """Arguments that are null in the configuration, so that the provider computes them."""


@dataclass
class PlanSession:
    """One environment under way. The calls of one pass come side by side."""

    primary_region: str
    root: str = ""
    """What names the root module, where an environment has several."""
    joins: Joins | None = None
    recorded: RecordedAnswers | None = None
    tokens: TokenTable = field(default_factory=TokenTable)
    shapes: Shapes = field(default_factory=Shapes)
    answers: dict[str, MadeAnswer] = field(default_factory=dict)
    trouble: str = ""
    assumed_region: bool = False
    plan_pass: Pass = Pass.ORDINARY
    same_look_ups: bool = False
    _occurrences: Counter[str] = field(default_factory=Counter)
    _nulls: dict[Pass, Counter[tuple[str, str]]] = field(default_factory=dict)
    _configured: list[Mapping[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, root: str, joins: Joins) -> None:
        """Plan one of several root modules, which share what is made up."""
        self.root, self.joins, self.tokens = root, joins, joins.tokens

    def named(self, call: str) -> str:
        """What a call is called among those of all root modules of an environment."""
        return f"{self.root} {call}" if self.root else call

    def begin(self, plan_pass: Pass) -> None:
        """Begin a pass, or begin it again."""
        with self._lock:
            self.plan_pass = plan_pass
            self._occurrences.clear()
            self._nulls[plan_pass] = Counter()
            self.trouble = ""
            if plan_pass is Pass.ORDINARY:
                self._configured.clear()

    def occurrence(self, question: str) -> int:
        """How often this question was asked before: two resources may be alike in all."""
        with self._lock:
            self._occurrences[question] += 1
            return self._occurrences[question]

    def record(self, call: str, answer: MadeAnswer) -> None:
        """Remember an answer. What is looked up by two resources is one answer."""
        with self._lock:
            before = self.answers.get(call)
            if before is not None:
                answer = MadeAnswer(
                    answer.type_name,
                    answer.looked_up,
                    answer.region,
                    before.made | answer.made,
                    before.not_given & answer.not_given,
                )
            self.answers[call] = answer

    def count_nulls(self, type_name: str, config: Mapping[str, Any]) -> None:
        """Count the arguments that are null in the configuration of a resource."""
        with self._lock:
            self._nulls[self.plan_pass].update(
                (type_name, name) for name, value in config.items() if value is None
            )

    def is_null_for_certain(self, type_name: str, name: str) -> bool:
        """Tell whether no made-up value decided that this argument is null.

        What is null in the ordinary pass stays so; more of them is what made-up values decided.
        """
        asked = (type_name, name)
        counts = {nulls[asked] for nulls in self._nulls.values()}
        return len(self._nulls) == len(Pass) and len(counts) == 1

    def note_trouble(self, message: str) -> None:
        """Remember the first thing that went wrong: the others follow from it."""
        with self._lock:
            self.trouble = self.trouble or message

    def configured(self, config: Mapping[str, Any]) -> bool:
        """Tell whether what this configuration says is a fact, and not made up.

        In the ordinary pass it is what is known; in the other one, what was known there already.
        """
        with self._lock:
            if self.plan_pass is Pass.ORDINARY:
                self._configured.append(config)
                return True
            return any(_says_of(before, config) for before in self._configured)


def _says_of(before: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    return not is_unknown(before.get("region")) and all(
        is_unknown(value) or value == config.get(name) for name, value in before.items()
    )
