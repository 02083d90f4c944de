"""What the pages about integrations show: descriptions and stored tools, in words for people."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from connectors.added import TEMPLATE
from gateway.engine.integration import AuthMethod, Skipped
from gateway.engine.integration_names import tool_name
from gateway.integrations.listing import Listed
from gateway.integrations.reading import Preview, about_tokens
from gateway.store.integration_tools import StoredTool
from gateway.store.integrations import Integration
from gateway.web.definition_diff import Part, changed_parts
from gateway.web.method_form import way_of
from gateway.web.return_to import INTEGRATIONS

PICK = "o."
"""The beginning of the names of checkboxes: the operation's name follows."""
ACCEPT = "a."
"""The beginning of the names of fields with a digest: the operation's name follows."""
MOST_ABOUT = 300
"""Characters of a tool's description in a list."""
MOST_SKIPPED = 500
_DEEPEST = 4
_SAMPLES: Mapping[str, Any] = {"string": "", "integer": 1, "number": 1, "boolean": False}


@dataclass(frozen=True, kw_only=True)
class RowView:
    """An integration. ``waiting`` counts the tools that nobody has accepted as they are."""

    path: str
    slug: str
    name: str
    kind: str
    description: str
    display_url: str
    tools: int
    waiting: int


def row_view(listed: Listed) -> RowView:
    """Return an integration as a list shows it."""
    return RowView(
        path=f"{INTEGRATIONS}/{listed.slug}",
        slug=listed.slug,
        name=listed.name,
        kind=listed.kind,
        description=listed.description,
        display_url=listed.display_url,
        tools=listed.tools,
        waiting=listed.waiting,
    )


@dataclass(frozen=True, kw_only=True)
class MethodView:
    """A way to authenticate: its title, and how it works in words.

    ``connect_path`` leads to the form that connects an account with it, ``change_path`` to the one
    that changes it; empty where there is nothing to connect or to change, or not yet.
    """

    slug: str
    title: str
    how: str
    connect_path: str
    change_path: str


@dataclass(frozen=True, kw_only=True)
class OperationView:
    """An operation that may become a tool; ``field`` is its checkbox.

    ``state`` is ``new`` or ``changed`` where it is read again and different.
    """

    field: str
    name: str
    description: str
    effect: str
    tokens: int
    picked: bool
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """What would be added, with what a person has typed and picked so far.

    ``digest`` stands for what is shown: a form that comes back with another one is about another
    document.
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
    skipped: Sequence[Skipped]
    notes: tuple[str, ...]
    tokens: int
    digest: str
    errors: Mapping[str, str] = field(default_factory=dict)


def preview_view(
    preview: Preview,
    *,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> PreviewView:
    """Return a preview with everything picked, or with what ``form`` says about it."""
    found, typed = preview.description, form or {}
    operations = [
        OperationView(
            field=PICK + each.name,
            name=each.name,
            description=each.description[:MOST_ABOUT],
            effect=each.effect,
            tokens=about_tokens([each]),
            picked=form is None or PICK + each.name in form,
        )
        for each in found.definitions
    ]
    return PreviewView(
        kind=found.kind,
        name=typed.get("name", found.name),
        slug=typed.get("slug", preview.slug),
        description=typed.get("description", found.description),
        version=found.version,
        servers=found.servers,
        base_url=typed.get("base_url", preview.base_url),
        methods=[method_view(each) for each in found.methods],
        operations=operations,
        skipped=found.skipped[:MOST_SKIPPED],
        notes=found.notes,
        tokens=sum(each.tokens for each in operations if each.picked),
        digest=preview.digest,
        errors=errors or {},
    )


def method_view(method: AuthMethod, connector: str = "", path: str = "") -> MethodView:
    """Describe a way to authenticate, to a connector that exists already or to none.

    ``path`` is that of the integration's page.
    """
    has_form = bool(path) and way_of(method) is not None
    return MethodView(
        slug=method.slug,
        title=method.title or method.slug,
        how=", ".join(_how(method)),
        connect_path=_connect_path(method, connector) if connector else "",
        change_path=f"{path}/methods?{urlencode({TEMPLATE: method.slug})}" if has_form else "",
    )


def _connect_path(method: AuthMethod, connector: str) -> str:
    if method.oauth is not None and method.oauth.flow == "authorization_code":
        return f"/connectors/{connector}?method=oauth"
    asks = method.basic or method.oauth is not None
    if not asks and all(each.literal is not None for each in method.placements):
        return ""
    return f"/connectors/{connector}?{urlencode({'method': 'key', TEMPLATE: method.slug})}"


def _how(method: AuthMethod) -> Iterable[str]:
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
        + (f", after “{each.prefix.strip()}”" if each.prefix.strip() else "")
        for each in method.placements
        if each.literal is None
    ] or ["needs nothing"]


@dataclass(frozen=True, kw_only=True)
class ToolView:
    """A tool. ``state`` is empty once a person has accepted it as it is, else new or changed.

    ``field`` is the name of a form's field whose value is the digest that a person accepts.
    ``moved``: the definition is the accepted one, and the address of the API is another.
    """

    path: str
    name: str
    description: str
    effect: str
    state: str
    is_offered: bool
    is_overridden: bool
    moved: bool
    digest: str
    field: str
    stored: StoredTool

    @property
    def difference(self) -> list[Part]:
        """What changed since a person accepted it, nothing for a new one."""
        before = self.stored.before
        return [] if before is None else changed_parts(before, self.stored.definition)

    @property
    def searched(self) -> str:
        """The text in which a search looks."""
        return f"{self.name} {self.description} {self.effect} {self.state}"


def tool_views(row: Integration, found: Sequence[StoredTool]) -> list[ToolView]:
    """Return each definition once: connections that have the same one share it."""
    unique = {(tool.name, tool.digest): tool for tool in found}
    digests: dict[str, int] = {}
    for name, _ in unique:
        digests[name] = digests.get(name, 0) + 1
    return [_tool_view(row, tool, digests[tool.name] > 1) for tool in unique.values()]


def _tool_view(row: Integration, tool: StoredTool, is_one_of_several: bool) -> ToolView:
    path = f"{INTEGRATIONS}/{row.slug}/tools/{quote(tool.name, safe='')}"
    if is_one_of_several:
        path += "?" + urlencode({"digest": tool.digest})
    is_accepted = tool.is_accepted(row.base_url)
    return ToolView(
        path=path,
        name=tool_name(row.slug, tool.name),
        description=tool.definition.description[:MOST_ABOUT],
        effect=tool.effect or tool.definition.effect,
        state="" if is_accepted else "changed" if tool.accepted else "new",
        is_offered=tool.enabled,
        is_overridden=tool.effect is not None,
        moved=not is_accepted and bool(tool.accepted) and tool.before in (None, tool.definition),
        digest=tool.digest,
        field=ACCEPT + tool.name,
        stored=tool,
    )


def matching(tools: Sequence[ToolView], query: str) -> list[ToolView]:
    """Return the tools that have every word of a search."""
    wanted = query.casefold().split()
    return [each for each in tools if all(word in each.searched.casefold() for word in wanted)]


def sample_arguments(schema: Mapping[str, Any]) -> str:
    """Return JSON with a value for each argument that a tool needs, for a person to change."""
    return readable(_sample(schema, _DEEPEST) or {})


def readable(value: Any) -> str:
    """Return JSON text for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


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
