"""The catalog: which connectors exist, loaded one by one and only when asked for.

A connector comes from one of three places: this package (``CONNECTOR_CATALOG``), an installed
distribution (entry-point group ``gateway.connectors``: ``name = "module"``), or the folder named by
``GATEWAY_CONNECTORS_PATH``, laid out like ``connectors/``. A name in two of them is an error: a
silent winner would send people's tokens through the wrong file.

Loading is lazy and isolated: a module that does not import, or whose secrets are not set, hides
itself and nothing else. An alias is looked for where no connector has the name. That those of this
package are different is tested; a connector from outside is compared with all when it is loaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from importlib.metadata import EntryPoint
from itertools import count
from pathlib import Path
from types import MappingProxyType, ModuleType

from connectors.added import Added, AddedConnector
from connectors.config import Connector, ConnectorConfig
from connectors.context import PostConnectionContext
from connectors.environment import app_variables, require_env, variable
from connectors.errors import (
    AppMissing,
    ConfigError,
    ConnectorError,
    MissingVariable,
    UnknownConnector,
)
from connectors.inputs import ConnectionInput
from connectors.installed import entry_points
from connectors.review import NAME_PATTERN
from connectors.secret import Secret

__all__ = ["CONNECTOR_CATALOG", "Catalog", "Hook", "get_connector_config", "list_ready_connectors"]

ENTRY_POINT_GROUP = "gateway.connectors"

CONNECTOR_CATALOG: Mapping[str, str] = MappingProxyType(
    {
        stem.replace("_", "-"): f"{__name__}.{stem}"
        for stem in sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    }
)
"""The connectors of this package, one a file of this folder: name -> module."""

Hook = Callable[[PostConnectionContext], Awaitable[None]]
"""A hook's ``post_connection``."""


class Catalog:
    """Every connector that this process knows, read through one environment.

    ``env`` holds the connectors' variables; ``folder`` is a folder laid out like ``connectors/``.
    Raises ``ConfigError`` if a name is defined twice or the folder is not one.
    """

    def __init__(self, env: Mapping[str, str] = os.environ, folder: Path | None = None) -> None:
        self._env = env
        self._folder = folder
        self._extra_scopes: Mapping[str, tuple[str, ...]] = MappingProxyType({})
        self._locations = dict(sorted(_locations(folder).items()))
        self._created: dict[str, Connector | ConfigError] = {}
        self._loaded: dict[str, Connector | ConfigError] = {}
        self._described: dict[str, Connector] = {}
        self._is_read = False
        self._added: dict[str, Added] = {}
        self._added_by_tag: dict[str, dict[str, Added]] = {}
        self._revisions = count(1)
        self._revision: dict[str, int] = {}

    def add(self, connector: Added) -> None:
        """Describe a connector while the process runs, or describe it anew.

        Its name has two hyphens together, which no file of the catalog has. It is found by that
        name alone: no list has it.
        """
        self._added[connector.name] = connector
        self._added_by_tag.setdefault(_tag(connector.name), {})[connector.name] = connector
        self._revision[connector.name] = next(self._revisions)

    def remove(self, name: str) -> None:
        """Forget a connector that was added."""
        if self._added.pop(name, None) is not None:
            others = self._added_by_tag[_tag(name)]
            del others[name]
            if not others:
                del self._added_by_tag[_tag(name)]
        self._revision.pop(name, None)

    def added(self, name: str) -> Added | None:
        """Return the added connector of that name."""
        return self._added.get(name)

    def added_by(self, tag: str) -> Sequence[Added]:
        """Return the added connectors whose names end with the two hyphens and ``tag``."""
        return tuple(self._added_by_tag.get(tag, {}).values())

    def revision(self, name: str) -> int:
        """Return a number that is another one for each description of an added connector."""
        return self._revision.get(name, 0)

    def knows(self, name: str) -> bool:
        """Whether there is a connector of exactly this name, usable or not."""
        return name in self._locations or name in self._added

    def with_scopes(self, extra: Mapping[str, tuple[str, ...]]) -> Catalog:
        """The same connectors; those named in ``extra`` request these scopes in addition."""
        other = copy(self)
        other._extra_scopes, other._created, other._loaded = extra, {}, {}
        other._described, other._is_read = {}, False
        return other

    @property
    def is_read(self) -> bool:
        """Whether every connector has been loaded: then no list of them takes time any more."""
        return self._is_read

    def is_outside(self, name: str) -> bool:
        """Whether the connector comes from a folder or an installed distribution."""
        return not isinstance(self._locations.get(name, ""), str)

    def names(self) -> tuple[str, ...]:
        """Every known name in alphabetical order, whether usable or not."""
        return tuple(self._locations)

    def get(self, name: str) -> Connector:
        """The connector of that name or alias.

        Raises ``UnknownConnector`` (no such name), ``MissingVariable`` (not configured) or
        ``ConfigError`` (its description is wrong, or its module does not import).
        """
        if name in self._locations:
            return self._load(name)
        if (added := self._added.get(name)) is not None:
            if isinstance(added, AddedConnector) and not added.has_app:
                raise AppMissing(name)
            return added
        for config in self.ready():
            if config.alias == name:
                return config
        raise UnknownConnector(name)

    def oauth(self, name: str) -> ConnectorConfig:
        """The connector of that name or alias, which has OAuth; raises ``ConfigError`` if not."""
        return _with_oauth(self.get(name))

    def with_app(self, name: str, client_id: str, client_secret: Secret) -> ConnectorConfig:
        """The connector as it is with this app, whether the environment has one or not.

        ``client_secret`` is empty for a public client. Raises what ``create`` does.
        """
        if (added := self._added.get(name)) is not None:
            return _with_own_app(_with_oauth(added), client_id, client_secret)
        other = copy(self)
        other._env = {**self._env, **app_variables(name, client_id, client_secret.reveal())}
        return _with_oauth(other.create(name))

    def described(self, name: str) -> Connector:
        """The connector of that name or alias, even if the environment has no app for it.

        It may have made-up credentials: use them for nothing. Raises what ``get`` does, except for
        a missing app.
        """
        if (added := self._added.get(name)) is not None:
            return added
        try:
            return self.get(name)
        except MissingVariable:
            if name not in self._described:
                self._described[name] = self._made_up(name)
            return self._described[name]
        except UnknownConnector:
            for config in self.descriptions():
                if config.alias == name:
                    return config
            raise

    def _made_up(self, name: str) -> Connector:
        """The connector with variables that lead nowhere instead of those that are missing."""
        hosts = variable(name, "HOSTS")
        given = self._env.get(hosts, "").strip() or "nowhere.invalid"
        other = copy(self)
        other._env = {**self._env, **app_variables(name, "none", "none"), hosts: given}
        return other.create(name)

    def display_name(self, name: str) -> str:
        """The connector's name for people; ``name`` itself if it is gone or broken."""
        try:
            return self.described(name).display_name
        except ConnectorError:
            return name

    def usable(self, name: str) -> Connector:
        """The connector as people can connect it here: with its key alone if it has no app.

        One whose app is found when somebody connects is usable before. Raises what ``get`` does.
        """
        added = self._added.get(name)
        if isinstance(added, AddedConnector) and added.finds_app:
            return added
        try:
            return self.get(name)
        except MissingVariable:
            found = self.described(name)
            keyed = found.key_alone if isinstance(found, ConnectorConfig) else None
            if keyed is None:
                raise
            return keyed

    def is_keyed(self, name: str) -> bool:
        """Whether people can connect by a key here, whether there is an app or not."""
        try:
            return self.usable(name).key is not None
        except ConfigError:
            return False

    def descriptions(self) -> Iterator[Connector]:
        """``described`` of every connector that is not broken, in alphabetical order."""
        for name in self._locations:
            try:
                yield self.described(name)
            except ConfigError:
                continue
        self._is_read = True

    def is_ready(self, name: str) -> bool:
        """Whether the connector of that name or alias can be used with the environment's app."""
        try:
            self.get(name)
        except ConnectorError:
            return False
        return True

    def ready(self) -> Iterator[Connector]:
        """The connectors that can be used, in alphabetical order; the others are passed over."""
        for name in self._locations:
            try:
                yield self._load(name)
            except ConfigError:
                continue

    def hidden(self) -> dict[str, str]:
        """Name -> reason of every connector that cannot be used, for operators."""
        reasons = {}
        for name in self._locations:
            try:
                self._load(name)
            except ConfigError as error:
                reasons[name] = str(error)
        return reasons

    def module(self, name: str) -> ModuleType:
        """The connector's own module. Raises ``UnknownConnector`` or the module's own error."""
        if name not in self._locations:
            raise UnknownConnector(name)
        return _import(self._locations[name])

    def sandbox_module(self, name: str) -> ModuleType:
        """The module that simulates the provider (``sandbox/<name>.py``).

        Raises ``UnknownConnector`` if there is no such module, and ``ConfigError`` if its
        description is wrong.
        """
        try:
            return self._beside(name, "sandbox", name)
        except ImportError as error:
            is_missing = isinstance(error, ModuleNotFoundError) and _is_of(error, name)
            reason = f"its simulated provider cannot be imported ({error})"
            raise UnknownConnector(
                name, "it has no simulated provider" if is_missing else reason
            ) from None

    def sandbox_api_module(self, name: str) -> ModuleType | None:
        """The module that simulates the API (``sandbox/api/<name>.py``), if there is one.

        Raises ``ConfigError`` if its description is wrong, and what the module raises.
        """
        try:
            return self._beside(name, "sandbox/api", name)
        except UnknownConnector:
            return None
        except ModuleNotFoundError as error:
            if _is_of(error, name) or _is_of(error, "api") or _is_of(error, "sandbox"):
                return None
            raise

    def hook(self, config: Connector) -> Hook | None:
        """``post_connection`` of ``hooks/<name>.py``, if the connector names one.

        Raises ``ConfigError`` if there is no such hook.
        """
        script = config.post_connection_script
        if script is None:
            return None
        try:
            found = getattr(self._beside(config.name, "hooks", script), "post_connection", None)
        except (ModuleNotFoundError, UnknownConnector) as error:
            if _is_of(error, script):
                raise ConfigError(f'{config.name}: there is no hook "{script}"') from None
            raise
        if not inspect.iscoroutinefunction(found):
            raise ConfigError(f"{config.name}: hooks/{script}.py has no async post_connection(ctx)")
        hook: Hook = found
        return hook

    def _beside(self, name: str, kind: str, stem: str) -> ModuleType:
        """The module ``<kind>/<stem>.py`` from where the connector itself comes."""
        location = self._locations.get(name)
        if isinstance(location, Path) and self._folder is not None:
            return _import_file(self._folder / kind / f"{stem}.py", kind)
        package, found, _ = _module_name(location).rpartition(".catalog.")
        if not found:
            raise ModuleNotFoundError(f"{name} is in no package named catalog", name=stem)
        inside = kind.replace("/", ".")
        return importlib.import_module(f"{package}.{inside}.{stem.replace('-', '_')}")

    def _load(self, name: str) -> Connector:
        if name not in self._loaded:
            found = self._created_once(name)
            if not isinstance(found, ConfigError) and (rival := self._namesake(found)):
                found = ConfigError(f'{name}: its alias "{found.alias}" also names {rival}')
            self._loaded[name] = found
        found = self._loaded[name]
        if isinstance(found, ConfigError):
            raise found.with_traceback(None)
        return found

    def _namesake(self, config: Connector) -> str | None:
        """Another connector that the alias names: tools would get the tokens of the wrong one."""
        if config.alias is None or config.alias in self._locations:
            return config.alias
        for name in self._locations:
            if not (self.is_outside(config.name) or self.is_outside(name)):
                continue  # both are of this package
            if name != config.name and (
                getattr(self._created_once(name), "alias", None) == config.alias
            ):
                return name
        return None

    def _created_once(self, name: str) -> Connector | ConfigError:
        if name not in self._created:
            try:
                self._created[name] = self.create(name)
            except ConfigError as error:
                # Remembered: a broken module must not be run again with every request.
                self._created[name] = error
        return self._created[name]

    def create(self, name: str) -> Connector:
        """Describe the connector anew, whatever the others are named; raises ``ConfigError``."""
        try:
            config = self.module(name).create_config(self._env)
            if isinstance(config, ConnectorConfig):
                config = _with_scopes(config, self._extra_scopes.get(name, ()))
            if isinstance(config, Connector):
                config = _with_hosts(config, self._env)
            if isinstance(config, ConnectorConfig):
                # A missing or broken one hides the connector now, and breaks no flow later.
                self.hook(config)
        except ConfigError:
            raise
        except (Exception, SystemExit) as error:
            # Rule 7: a connector's module that fails while it loads hides only itself.
            raise ConfigError(f"{name}: cannot be loaded ({_describe(error)})") from error
        if not isinstance(config, Connector):
            raise ConfigError(f"{name}: create_config did not return a ConnectorConfig")
        if config.name != name:
            raise ConfigError(f'{name}: its config is named "{config.name}"')
        return config


def _with_oauth(config: Connector) -> ConnectorConfig:
    if not isinstance(config, ConnectorConfig):
        raise ConfigError(f"{config.name}: it takes pasted keys alone")
    return config


def _with_own_app(config: ConnectorConfig, client_id: str, secret: Secret) -> ConnectorConfig:
    """An added connector with an app; a client without a secret is a public one."""
    method = config.authorization_method if secret else "none"
    if secret and method == "none":
        method = "body"
    changes = {"client_id": client_id, "client_secret": secret, "authorization_method": method}
    return replace(config, **changes, has_app=True)  # type: ignore[arg-type,call-arg]


def get_connector_config(
    name: str, env: Mapping[str, str] = os.environ, folder: Path | None = None
) -> Connector:
    """The connector of that name or alias; see ``Catalog.get`` for the errors."""
    return Catalog(env, folder).get(name)


def list_ready_connectors(
    env: Mapping[str, str] = os.environ, folder: Path | None = None
) -> list[Connector]:
    """The connectors whose variables are set in ``env``, in alphabetical order."""
    return list(Catalog(env, folder).ready())


_Location = str | EntryPoint | Path


def _tag(added: str) -> str:
    return added.rpartition("--")[2]


def _locations(folder: Path | None) -> dict[str, _Location]:
    found: dict[str, _Location] = dict(CONNECTOR_CATALOG)
    outside: list[tuple[str, _Location, str]] = [
        (entry.name, entry, f'entry point "{entry.value}"')
        for entry in entry_points(group=ENTRY_POINT_GROUP)
    ]
    if folder is not None:
        catalog = folder / "catalog"
        if not catalog.is_dir():
            raise ConfigError(
                f"GATEWAY_CONNECTORS_PATH: {folder} has no folder catalog/ (it is laid out like "
                "connectors/: catalog/, hooks/, sandbox/)"
            )
        outside += [
            (path.stem, path, str(path))
            for path in sorted(catalog.glob("*.py"))
            if path.stem != "__init__"
        ]
    for name, location, described in outside:
        if not NAME_PATTERN.fullmatch(name):
            raise ConfigError(f'{described}: the connector name "{name}" is not kebab-case')
        if name in found:
            raise ConfigError(f'the connector "{name}" is defined twice; the second is {described}')
        found[name] = location
    return found


def _import(location: _Location) -> ModuleType:
    if isinstance(location, Path):
        return _import_file(location, "catalog")
    return importlib.import_module(_module_name(location))


def _module_name(location: _Location | None) -> str:
    return location.module if isinstance(location, EntryPoint) else str(location)


def _import_file(path: Path, kind: str) -> ModuleType:
    # A separate name, so that a folder's "notion.py" can never shadow an installed module.
    name = f"_outside_connectors.{kind.replace('/', '_')}.{path.stem.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UnknownConnector(path.stem, f"there is no file {kind}/{path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _is_of(error: ModuleNotFoundError | UnknownConnector, script: str) -> bool:
    """Whether it is the hook itself that is missing, and not something that it imports."""
    return (error.name or "").rpartition(".")[2].replace("_", "-") == script


def _with_scopes(config: ConnectorConfig, extra: tuple[str, ...]) -> ConnectorConfig:
    """``config`` asking for more. Raises ``ConfigError`` if it asks for none at all."""
    new = tuple(scope for scope in dict.fromkeys(extra) if scope not in config.scopes)
    return replace(config, scopes=(*config.scopes, *new)) if new else config


def _with_hosts(config: Connector, env: Mapping[str, str]) -> Connector:
    """``config`` with the hosts that the operator allows where people type a host of their own.

    Raises ``MissingVariable`` if the operator allows none.
    """
    typed = config.connection_config if isinstance(config, ConnectorConfig) else {}
    pasted = config.key.inputs if config.key else {}
    if not any("*" in each.hosts for each in (*typed.values(), *pasted.values())):
        return config
    hosts = tuple(require_env(env, variable(config.name, "HOSTS"), config.name).lower().split())
    example = hosts[0].replace("*.", "your.")

    def narrowed(inputs: Mapping[str, ConnectionInput]) -> dict[str, ConnectionInput]:
        return {
            name: replace(each, hosts=hosts, example=each.example if "*" in hosts else example)
            if "*" in each.hosts
            else each
            for name, each in inputs.items()
        }

    if isinstance(config, ConnectorConfig):
        config = replace(config, connection_config=narrowed(typed))
    key = config.key
    return replace(config, key=replace(key, inputs=narrowed(pasted))) if key else config


def _describe(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"SyntaxError in line {error.lineno}: {error.msg}"
    # The text of an unknown exception may hold secrets of the module's environment; a
    # TypeError of a dataclass names the misspelt field, which is just what its author needs.
    return (
        f"{type(error).__name__}: {error}"
        if isinstance(error, (TypeError, ImportError, AttributeError))
        else type(error).__name__
    )
