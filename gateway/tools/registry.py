"""Which tools exist: read from their files when they are asked for, and checked then.

A tool file comes from one of three places: ``connectors/tools``, the folder ``tools/`` of
``GATEWAY_CONNECTORS_PATH``, or an installed distribution (entry-point group
``connector_gateway.tools``: ``name = "module"``). A file that is wrong hides itself and nothing
else, and says so once in the log.

Reading hundreds of tools takes a second or more, so the gateway reads them in a thread: whoever
serves a request awaits ``Registry.loaded`` before anything else here.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Protocol

import connectors.tools
from connectors.catalog import Catalog
from connectors.errors import ConfigError, ConnectorError, UnknownConnector
from connectors.hosts import hosts_of
from connectors.installed import entry_points
from connectors.tool_places import places_of
from connectors.tooling import (
    Effect,
    FunctionTool,
    HttpTool,
    Needs,
    NeedsSecret,
    Policy,
    ToolDefinition,
)
from gateway.engine.canonical import canonical_json
from gateway.engine.integration import Definition
from gateway.errors import InvalidRequest, UnknownTool
from gateway.observe.logs import get_logger
from gateway.services.methods import wanted_scopes
from gateway.tools.integration_tool import IntegrationTool
from gateway.tools.schemas import input_schema, output_schema, schemas_digest

_log = get_logger()

ENTRY_POINT_GROUP = "connector_gateway.tools"
_Load = Callable[[], ModuleType]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A tool that can be called.

    ``policy`` is what its file says, ``None`` for the default of its effect. ``digest`` is the
    SHA-256 of everything that it does: another digest is another tool. ``scopes`` are those of
    ``needs`` by connector, without names of sets. ``file`` is where it was read.
    """

    name: str
    description: str
    needs: tuple[Needs | NeedsSecret, ...]
    effect: Effect
    policy: Policy | None
    input_schema: Mapping[str, Any] = field(repr=False)
    output_schema: Mapping[str, Any] = field(repr=False)
    examples: tuple[Mapping[str, Any], ...] = field(repr=False)
    digest: str
    connectors: tuple[str, ...]
    scopes: Mapping[str, tuple[str, ...]]
    definition: ToolDefinition | IntegrationTool = field(repr=False)
    file: str

    @property
    def changes(self) -> int:
        """The most changes of a call under ``ask``, each of which is approved by itself."""
        return self.definition.writes if isinstance(self.definition, FunctionTool) else 1


def is_of_account(tool: Tool) -> bool:
    """Whether each account has its own definition of the tool."""
    definition = tool.definition
    return isinstance(definition, IntegrationTool) and definition.connection is not None


class OwnTools(Protocol):
    """Finds the tools that a tenant added itself (``gateway.integrations.tools``)."""

    async def of(self, tenant: str, user: str | None) -> Mapping[str, Tool]:
        """Return those that a user reaches, or all of the tenant, by name.

        The same mapping as before unless something has changed.
        """
        ...

    async def of_connection(self, tenant: str, tool: Tool, connection: str) -> Tool | None:
        """Return the tool of the same name that a connection has, if it has one."""
        ...

    async def changed(self, tenant: str, tool: Tool, definition: Definition | None) -> None:
        """Note that a tool has another definition now, or none."""
        ...

    async def wanted(self, tenant: str, tool: Tool, scopes: tuple[str, ...]) -> bool:
        """Note the scopes that a refused call lacked; return whether people can grant them."""
        ...


class Toolset:
    """The tools of a tenant, or of one of its users: those of files, and ``own`` ones."""

    def __init__(self, registry: Registry, own: Mapping[str, Tool]) -> None:
        self._registry = registry
        self.own = own

    def tools(self) -> Sequence[Tool]:
        """Every tool, sorted by name."""
        return sorted([*self._registry.tools(), *self.own.values()], key=lambda each: each.name)

    def tool(self, name: str) -> Tool:
        """The tool of that name. Raises ``UnknownTool``."""
        found = self.own.get(name)
        return self._registry.tool(name) if found is None else found


class Registry:
    """The tools of this process. ``folder`` is that of ``GATEWAY_CONNECTORS_PATH``."""

    own: Mapping[str, Tool] = MappingProxyType({})
    """None: a registry is the toolset of a tenant without tools of its own."""
    _source: OwnTools | None = None

    def __init__(self, catalog: Catalog, folder: Path | None = None) -> None:
        self._catalog = catalog
        self._folder = folder
        self._loaded: Mapping[str, Tool] | None = None
        self._problems: dict[str, str] = {}
        self._reading = threading.Lock()
        self._task: asyncio.Task[object] | None = None

    async def loaded(self) -> None:
        """Wait until the tools are read, by one thread for all who wait."""
        if self._loaded is None:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(asyncio.to_thread(self._tools))
            # Shielded: a caller who goes away does not end it for the others.
            await asyncio.shield(self._task)

    def with_own(self, source: OwnTools) -> None:
        """Offer the tools that tenants added, too."""
        self._source = source

    async def of(self, tenant: str, user: str | None = None) -> Toolset | Registry:
        """Return the tools of a tenant; with a user, those of connections that the user reaches.

        Waits until the tools of files are read. Raises ``StoreUnavailable``.
        """
        await self.loaded()
        own = await self._source.of(tenant, user) if self._source is not None else {}
        return Toolset(self, own) if own else self

    async def find(self, tenant: str, user: str, name: str, connection: str) -> Tool:
        """Return the tool of that name as a connection has it; raise ``UnknownTool``.

        The accounts of one server may have different tools of the same name. ``connection`` is the
        id, or empty for a call without any account of the tenant.
        """
        tool: Tool | None = (await self.of(tenant, user)).tool(name)
        if tool is not None and self._source is not None and is_of_account(tool):
            tool = await self._source.of_connection(tenant, tool, connection)
        if tool is None:
            raise UnknownTool(name)
        return tool

    async def changed(self, tenant: str, tool: Tool, definition: Definition | None) -> None:
        """Note that a tool of the tenant has another definition than a person accepted, or none."""
        if self._source is not None:
            await self._source.changed(tenant, tool, definition)

    async def wanted(self, tenant: str, tool: Tool, scopes: tuple[str, ...]) -> bool:
        """Note the scopes that a refused call lacked; return whether people can grant them."""
        return self._source is not None and await self._source.wanted(tenant, tool, scopes)

    def tools(self) -> Sequence[Tool]:
        """Every tool of a file, sorted by name, whether anybody may call it or not.

        Reads them if nobody has: an event loop awaits ``loaded`` first, or it stands still.
        """
        return tuple(self._tools().values())

    def tool(self, name: str) -> Tool:
        """The tool of that name. Raises ``UnknownTool``."""
        try:
            return self._tools()[name]
        except KeyError:
            raise UnknownTool(name) from None

    def has_file_tool(self, name: str) -> bool:
        """Whether a tool of that name comes with the gateway."""
        return name in self._tools()

    def problems(self) -> Mapping[str, str]:
        """File -> reason of every tool file that is hidden."""
        self._tools()
        return MappingProxyType(self._problems)

    def _tools(self) -> Mapping[str, Tool]:
        if self._loaded is None:
            with self._reading:
                if self._loaded is None:
                    self._loaded = self._read_all()
        return self._loaded

    def _read_all(self) -> Mapping[str, Tool]:
        found: dict[str, Tool] = {}
        for file, load in _files(self._folder):
            try:
                tools = list(self._read(file, load))
                if twice := sorted({each.name for each in tools} & found.keys()):
                    others = ", ".join(sorted({found[name].file for name in twice}))
                    raise ConfigError(f"{', '.join(twice)}: defined in {others}, too")
            except (Exception, SystemExit) as error:
                # Rule 7: a tool file that fails while it loads hides only itself.
                self._problems[file] = reason = _reason(error)
                _log.warning("tools_hidden", file=file, reason=reason)
            else:
                found |= {each.name: each for each in tools}
        return dict(sorted(found.items()))

    def _read(self, file: str, load: _Load) -> Iterator[Tool]:
        module = load()
        definitions = getattr(module, "TOOLS", None)
        if not isinstance(definitions, tuple) or not definitions:
            raise ConfigError("it has no tuple TOOLS")
        source = _source(module)
        problems: list[str] = []
        names: set[str] = set()
        tools = []
        for each in definitions:
            if not isinstance(each, (HttpTool, FunctionTool)):
                raise ConfigError("TOOLS has something that is not a tool")
            wrong = list(self.requirement_problems(each))
            if each.name in names:
                wrong.append("is there twice")
            names.add(each.name)
            problems += [f"{each.name}: {problem}" for problem in wrong]
            if not wrong:
                tools.append(self._tool(each, file, source))
        if problems:
            raise ConfigError("; ".join(problems), tuple(problems))
        yield from tools

    def requirement_problems(self, tool: ToolDefinition) -> Iterator[str]:
        """Describe what the tool needs and the catalog does not have, by name."""
        for need in tool.needs:
            try:
                described = self._catalog.described(need.connector)
            except ConnectorError as error:
                known = isinstance(error, UnknownConnector) and error.reason is None
                why = "is no connector" if known else f"cannot be used ({error})"
                yield f'needs "{need.connector}", which {why}'
                continue
            if described.name != need.connector:
                yield f'needs "{need.connector}", whose name is "{described.name}"'
            if isinstance(need, Needs):
                for scope in need.scopes:
                    try:
                        wanted_scopes(described, [scope])
                    except InvalidRequest as error:
                        yield f'needs the scope "{scope}": {error}'
            elif described.key is None:
                yield f'needs a secret of "{need.connector}", which takes no pasted key'
            host = tool.host if isinstance(tool, HttpTool) else None
            if host is not None and not _is_declared(host, described.api_hosts):
                yield f'has the host "{host}", which {need.connector} does not declare'

    def _tool(self, each: HttpTool | FunctionTool, file: str, source: str) -> Tool:
        scopes = {
            need.connector: wanted_scopes(self._catalog.described(need.connector), need.scopes)
            for need in each.needs
            if isinstance(need, Needs)
        }
        return Tool(
            name=each.name,
            description=each.description,
            needs=each.needs,
            effect=each.effect,
            policy=each.policy,
            input_schema=input_schema(each.args),
            output_schema=output_schema(each.output),
            examples=each.examples,
            digest=_digest(each, scopes, source),
            connectors=tuple(need.connector for need in each.needs),
            scopes=scopes,
            definition=each,
            file=file,
        )


def _digest(
    tool: HttpTool | FunctionTool, scopes: Mapping[str, tuple[str, ...]], source: str
) -> str:
    needs = [[type(each).__name__, each.connector] for each in tool.needs]
    said: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "needs": needs,
        "scopes": scopes,
        "effect": tool.effect,
        "policy": tool.policy,
        "schemas": schemas_digest(tool.args, tool.output),
        # The whole file: schemas show neither validators nor aliases, and a function is what its
        # helpers are, too.
        "source": source,
    }
    if isinstance(tool, HttpTool):
        said["request"] = {
            "method": tool.method,
            "path": tool.path,
            "host": tool.host,
            "query": tool.query,
            "headers": tool.headers,
            "body": tool.body,
            "body_format": tool.body_format,
            "places": {
                name: [place.place, place.name, place.join]
                for name, place in places_of(tool).items()
            },
            "failure": repr(tool.failure),
            "pages": repr(tool.pages),
        }
    else:
        said["function"] = tool.function.__qualname__
    return hashlib.sha256(canonical_json(said)).hexdigest()


def _source(module: ModuleType) -> str:
    """Return the SHA-256 of a module's source, or its name if it was made without a file."""
    try:
        return hashlib.sha256(inspect.getsource(module).encode()).hexdigest()
    except (OSError, TypeError):
        return module.__name__


def _is_declared(host: str, declared: Sequence[str]) -> bool:
    """Whether ``host`` is one of the connector's API hosts, of which some have a placeholder."""
    return host in declared or any(host in hosts_of(each) for each in declared)


def _files(folder: Path | None) -> Iterator[tuple[str, _Load]]:
    """Yield each tool file and how it is loaded."""
    here = Path(connectors.tools.__file__).parent
    for path in sorted(here.glob("*.py")):
        if path.stem != "__init__":
            name = f"connectors.tools.{path.stem}"
            yield f"connectors/tools/{path.name}", partial(importlib.import_module, name)
    for path in sorted((folder / "tools").glob("*.py")) if folder is not None else ():
        if path.stem != "__init__":
            yield str(path), partial(_import_file, path)
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda each: each.name):
        yield f"entry point {entry.name}", partial(importlib.import_module, entry.module)


def _import_file(path: Path) -> ModuleType:
    # A separate name, so that a folder's file can never shadow an installed module.
    name = f"_outside_connectors.tools.{path.stem.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _reason(error: BaseException) -> str:
    if isinstance(error, ConfigError):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"SyntaxError in line {error.lineno}: {error.msg}"
    # Another text may hold what the file read from the environment.
    named = isinstance(error, (TypeError, ImportError, AttributeError, NameError))
    return f"{type(error).__name__}: {error}" if named else type(error).__name__
