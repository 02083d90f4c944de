"""What the official schemas of OpenAPI say of a document: remarks for people, never a refusal."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from gateway.text import clean_text

VERSIONS = ("2.0", "3.0", "3.1", "3.2")
MAX_REMARKS = 3
MAX_PLACE = 120


def load_schemas() -> dict[str, bytes]:
    """Return the schema of each version, not parsed, as ``openapi-spec-validator`` ships them.

    The package itself is slow to import, and to judge with.
    """
    spec = find_spec("openapi_spec_validator")
    if spec is None or spec.origin is None:
        raise RuntimeError("openapi-spec-validator is not installed")
    folder = Path(spec.origin).parent / "resources" / "schemas"
    return {each: (folder / f"v{each}" / "schema.json").read_bytes() for each in VERSIONS}


def judge(document: dict[str, Any], version: str, schemas: dict[str, bytes]) -> list[str]:
    """Return the first places where a document breaks the rules of its version."""
    schema = json.loads(schemas["2.0" if version == "2" else version[:3]])
    wrong = jsonschema_rs.validator_for(schema).iter_errors(document)
    places = dict.fromkeys(_place(each.instance_path) for each in islice(wrong, MAX_REMARKS))
    return [f"not as OpenAPI {version} says: {place}" for place in places]


def _place(path: list[str | int]) -> str:
    return clean_text(" > ".join(str(each)[:60] for each in path), MAX_PLACE) or "the whole"
