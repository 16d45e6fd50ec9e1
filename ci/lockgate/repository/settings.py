"""Reads the repository's settings file; what its keys mean stands in ``policies``' model."""

from __future__ import annotations

from pathlib import Path

import yaml

from lockgate.base.errors import UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate_policies.model.settings import Settings, SettingsError, parse_settings


def read_settings_document(repository: Path) -> object:
    """The settings document as parsed YAML; None when there is no file or it is empty.

    Raises UsageError, with file and line, when it is not YAML.
    """
    path = repository / SETTINGS_FILE
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{SETTINGS_FILE}:{line}: not valid YAML: {error.problem}") from error
    except RecursionError as error:
        raise UsageError(f"{SETTINGS_FILE}: cannot be read: it is nested too deeply") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{SETTINGS_FILE}: cannot be read: {error}") from error


def settings_for(document: object, environment: str) -> Settings:
    """The settings of one environment. Raises UsageError naming the key that is not usable."""
    try:
        return parse_settings(document, environment)
    except SettingsError as error:
        raise UsageError(f"{SETTINGS_FILE}: {error}. Every key: docs/settings.md") from error
