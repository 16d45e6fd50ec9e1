"""What is written about the settings is what the settings are."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lockgate.base import paths
from lockgate.repository.pipeline_settings import PipelineSettings, read_pipeline_settings
from lockgate.repository.settings_schema import json_schema
from lockgate_policies.model.settings import (
    Settings,
    SettingsError,
    parse_settings,
)

DOCS = paths.repository_root(Path(__file__)) / "docs"


def test_the_schema_for_editors_is_of_today() -> None:
    assert json.loads((DOCS / "lockgate.schema.json").read_text()) == json_schema()


def test_the_table_names_every_key_with_its_default_and_meaning() -> None:
    page = (DOCS / "settings.md").read_text()
    for field in fields(Settings):
        default = json.dumps(field.default).strip('"')
        assert f"| `{field.name}` | `{default}` | {field.metadata['key'].description} |" in page


def test_the_table_names_every_key_of_the_pipeline() -> None:
    page = (DOCS / "settings.md").read_text()
    for field in fields(PipelineSettings):
        assert f"| `{field.name}` | " in page
        assert f" | {field.metadata['key'].description} |" in page


def test_the_example_and_our_own_settings_are_usable() -> None:
    page = (DOCS / "settings.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    for text in (example, (DOCS.parent / "lockgate.yaml").read_text()):
        document = yaml.safe_load(text)
        assert parse_settings(document, "prod").production is True
        stages = read_pipeline_settings(document).promotion
        assert stages == (("dev",), ("staging",), ("prod",))
        jsonschema.validate(document, json_schema())


_names = st.sampled_from([*Settings.__dataclass_fields__, "rto"])
_values = (
    st.booleans()
    | st.integers(-1, 400)
    | st.floats(-1, 2, allow_nan=False)
    | st.sampled_from(["us-east-1", "eu-west-1", "Virginia", ""])
)
_documents = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from([1, 2]),
        "defaults": st.none() | st.dictionaries(_names, _values, max_size=2),
        "environments": st.dictionaries(
            st.sampled_from(["dev", "prod"]), st.dictionaries(_names, _values, max_size=2)
        ),
        "other": st.none(),
    },
)


@given(_documents)
def test_the_schema_accepts_what_the_parser_accepts(document: dict[str, Any]) -> None:
    try:
        parse_settings(document, "prod")
    except SettingsError as error:
        if "are both" in str(error):
            return  # a comparison of two keys, which a schema cannot make
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(_exact(document), json_schema())
    else:
        jsonschema.validate(document, json_schema())


def _exact(value: Any) -> Any:
    """JSON Schema takes 1.0 for a whole number; YAML and the parser do not."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    return "not whole" if isinstance(value, float) and value.is_integer() else value
