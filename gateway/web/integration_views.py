"""What the pages about integrations show: descriptions of kinds in words for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gateway.engine.integration import AuthMethod, Definition, Description, Skipped

MOST_ABOUT = 300
"""Characters of a tool's description in a list."""
MOST_SKIPPED = 500
_DEEPEST = 4
_SAMPLES: Mapping[str, Any] = {"string": "", "integer": 1, "number": 1, "boolean": False}


@dataclass(frozen=True, kw_only=True)
class MethodView:
    """A way to authenticate: its title, and how it works in words."""

    slug: str
    title: str
    how: str


@dataclass(frozen=True, kw_only=True)
class OperationView:
    """An operation that may become a tool; ``field`` is its checkbox."""

    field: str
    name: str
    description: str
    effect: str
    tokens: int
    picked: bool


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """A description, with what a person has typed and picked so far.

    ``seen`` stands for all operations as they are shown: a form that comes back with another value
    is about another document.
    """

    kind: str
    name: str
    slug: str
    description: str
    version: str
    servers: tuple[str, ...]
    base_url: str
    methods: list[MethodView]
    operations: list[OperationView]
    skipped: list[Skipped]
    notes: tuple[str, ...]
    tokens: int
    seen: str
    errors: Mapping[str, str] = field(default_factory=dict)


def preview_view(
    found: Description,
    *,
    slug: str,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> PreviewView:
    """Return a description with everything picked, or with what ``form`` says about it."""
    typed = form or {}
    picked = picked_names(found, form) if form is not None else None
    operations = [
        OperationView(
            field=_field(number),
            name=each.name,
            description=each.description[:MOST_ABOUT],
            effect=each.effect,
            tokens=tokens_of(each),
            picked=picked is None or each.name in picked,
        )
        for number, each in enumerate(found.definitions)
    ]
    first = found.servers[0] if found.servers else ""
    return PreviewView(
        kind=found.kind,
        name=typed.get("name", found.name),
        slug=typed.get("slug", slug),
        description=typed.get("description", found.description[:1000]),
        version=found.version,
        servers=found.servers,
        base_url=typed.get("base_url", first),
        methods=[method_view(each) for each in found.methods],
        operations=operations,
        skipped=list(found.skipped[:MOST_SKIPPED]),
        notes=found.notes,
        tokens=sum(each.tokens for each in operations if each.picked),
        seen=seen(found),
        errors=errors or {},
    )


def picked_names(found: Description, form: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the operations whose checkboxes came with a form."""
    return frozenset(
        each.name for number, each in enumerate(found.definitions) if _field(number) in form
    )


def seen(found: Description) -> str:
    """Return the digest of everything that a person picks from."""
    said = [*(each.digest for each in found.definitions), *found.servers]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _field(number: int) -> str:
    return f"o{number}"


def tokens_of(definition: Definition) -> int:
    """Return about how many tokens an agent reads of a tool: a quarter of its JSON's bytes."""
    said = {
        "name": definition.name,
        "description": definition.description,
        "inputSchema": definition.input_schema,
        "outputSchema": definition.output_schema,
    }
    return len(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()) // 4


def method_view(method: AuthMethod) -> MethodView:
    """Describe a way to authenticate."""
    return MethodView(
        slug=method.slug, title=method.title or method.slug, how=", ".join(_how(method))
    )


def _how(method: AuthMethod) -> list[str]:
    if method.kind == "none":
        return ["needs nothing"]
    if method.basic:
        return ["user name and password, as HTTP Basic"]
    if method.oauth is not None:
        if method.oauth.flow == "client_credentials":
            return ["OAuth 2 with client id and client secret, without a person"]
        url = method.oauth.authorization_url or method.oauth.discovery_url or ""
        try:
            host = urlsplit(url).netloc
        except ValueError:
            host = ""
        return [f"OAuth 2: people sign in{f' at {host}' if host else ''}"]
    return [
        f"a value in the {each.carrier} {each.name}"
        for each in method.placements
        if each.literal is None
    ]


def sample_arguments(schema: Mapping[str, Any]) -> str:
    """Return JSON with a value for each argument that a tool needs, for a person to change."""
    return json.dumps(_sample(schema, _DEEPEST), indent=2, ensure_ascii=False)


def _sample(schema: Any, deepest: int) -> Any:
    if not isinstance(schema, Mapping):
        return None
    for name in ("example", "default", "const"):
        if name in schema:
            return schema[name]
    for name in ("examples", "enum"):
        if isinstance(schema.get(name), list) and schema[name]:
            return schema[name][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        return []
    if kind == "object":
        properties, required = schema.get("properties"), schema.get("required")
        if deepest and isinstance(properties, Mapping) and isinstance(required, Collection):
            names = [name for name in properties if name in required]
            return {name: _sample(properties[name], deepest - 1) for name in names}
        return {}
    return _SAMPLES.get(kind) if isinstance(kind, str) else None
