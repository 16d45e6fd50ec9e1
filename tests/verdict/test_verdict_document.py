"""The verdict's document: one definition, by which it is written, read, checked and described."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from lockgate.base import documents, paths
from lockgate.base.errors import UsageError
from lockgate.verdict.verdict import GateVerdict
from lockgate.verdict.verdict_document import VerdictDocument, as_json, read_verdict
from tests.reports import verdicts

SCHEMA = paths.repository_root(Path(__file__)) / "docs" / "verdict.schema.json"


def published() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return document


def test_the_published_schema_is_made_from_the_definition() -> None:
    assert published() == documents.schema(VerdictDocument)


@given(verdicts.VERDICTS)
def test_every_verdict_is_as_the_schema_says(verdict: GateVerdict) -> None:
    jsonschema.validate(as_json(verdict), published())


def test_what_the_schema_refuses_the_reader_refuses() -> None:
    document = as_json(verdicts.mixed())
    document["environments"][0]["findings"][0]["verdict"] = "great"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, published())
    with pytest.raises(documents.DocumentError, match=r"\$.environments\[0\].findings\[0\].verd"):
        documents.convert(document, VerdictDocument)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"version": 1, "environments": ' + '{"a": ' * 100_000,
        '{"version": 1, "environments": ' + "[" * 900 + "]" * 900 + "}",
        "\ufeff{}",
        "\x00",
        "NaN",
    ],
)
def test_a_hostile_file_is_an_error_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "verdict.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"verdict\.json is n") as refused:
        read_verdict(path)
    assert len(str(refused.value)) < 400
