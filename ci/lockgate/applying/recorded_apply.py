"""Applies a plan with a record of what is made, and stops what would be made a second time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from lockgate.applying.apply_record import (
    ApplyRecord,
    addresses_of,
    described,
    made_again,
    orphans,
)
from lockgate.applying.apply_record_store import ApplyRecordStore, Seen
from lockgate.base.errors import EngineError, PolicyError
from lockgate.base.lock_holder import holder_with_host, now
from lockgate.engine.apply_progress import ApplyProgress
from lockgate.engine.engine import Engine
from lockgate.targets.target import Workspace

Say = Callable[[str], None]


def apply_recorded(
    engine: Engine, workspace: Workspace, plan: Path, say: Say, store: ApplyRecordStore | None
) -> None:
    """``terraform apply`` of a plan file, with a record in the store while it runs.

    Raises EngineError with Terraform's own message, or if the record cannot be begun; then nothing
    was applied.
    """
    progress = ApplyProgress(say)
    if store is None:
        engine.apply(workspace.directory, workspace.env, plan, progress.on_line)
        return
    record = ApplyRecord(holder_with_host(), now().isoformat())
    store.begin(record)
    writer = _Writer(store, record)

    def on_line(line: str) -> None:
        progress.on_line(line)
        writer.write(writer.latest.after(line))

    try:
        try:
            engine.apply(workspace.directory, workspace.env, plan, on_line)
        finally:
            writer.end()
    except BaseException:
        with suppress(EngineError):
            _keep_what_no_state_holds(writer.latest, engine, workspace, store)
        raise
    with suppress(EngineError):  # it is in the state: the record stops nothing any more
        store.remove()


class _Writer:
    """Writes the latest record beside the apply, which waits for no answer, or for none at all."""

    def __init__(self, store: ApplyRecordStore, record: ApplyRecord) -> None:
        self.latest = record
        self._store = store
        self._changed = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def write(self, record: ApplyRecord) -> None:
        """Write this, unless a later one comes before it is this one's turn."""
        if record is not self.latest:
            self.latest = record
            self._changed.set()

    def end(self) -> None:
        """Wait for what is being written, and write nothing more."""
        self._ended = True
        self._changed.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            if self._ended:
                return
            # The apply is under way, and goes on; the next one may get through.
            with suppress(EngineError):
                self._store.write(self.latest)


def stop_second_making(
    seen: Seen, plan: Mapping[str, Any], anew: Collection[str], name: str
) -> tuple[str, ...]:
    """Stop a plan (as JSON) that makes again what one that was cut off made; says what is left.

    The plan must have been made after the record was seen, with the state locked: then that apply
    is at its end. What is in ``anew`` a person says does not stand. Raises PolicyError.
    """
    record = seen.record
    if twice := [address for address in made_again(record, plan) if address not in anew]:
        told = "\n".join(f"  {described(record, address)}" for address in twice)
        raise PolicyError(
            f"The apply of {name} that {record.holder} began at {record.since} was cut off before "
            f"its state was saved. What the plan would make may stand already:\n{told}\n"
            "Nothing was applied. Look into the account. What stands there, import: commit an "
            "`import` block (https://developer.hashicorp.com/terraform/language/import), and have "
            "that planned and reviewed. For what does not stand there, give `lockgate apply` "
            f"`--anew '{twice[0]}'`, once for each."
        )
    return left_behind(seen, plan)


def left_behind(seen: Seen, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """What an apply that was cut off made, and neither the state nor a plan (as JSON) knows of."""
    return tuple(
        f"{described(seen.record, orphan)}, by an apply that was cut off. No state knows of it: "
        "look whether it stands, and remove it by hand"
        for orphan in orphans(seen.record, plan)
    )


def _keep_what_no_state_holds(
    record: ApplyRecord, engine: Engine, workspace: Workspace, store: ApplyRecordStore
) -> None:
    if not record.empty:
        pulled = engine.pull_state(workspace.directory, workspace.env)
        record = record.without(addresses_of(json.loads(pulled or "{}")))
    if record.empty:
        store.remove()
    else:
        store.write(record)
