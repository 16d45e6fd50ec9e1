"""The versions of the engine and of the providers that an initialised directory has chosen."""

from __future__ import annotations

import json

from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.targets.target import Workspace


def provider_versions(engine: Engine, workspace: Workspace) -> dict[str, str]:
    """Each provider's version, by its source. Only after ``init``; raises EngineError."""
    completed = engine.run(["version", "-json"], workspace.directory, workspace.env)
    try:
        chosen = json.loads(completed.output)["provider_selections"]
        return {str(source): str(version) for source, version in sorted(chosen.items())}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(
            f"{' '.join(engine.executable)} does not tell its providers' versions: "
            f"{completed.errors.strip() or completed.output.strip() or error}"
        ) from error
