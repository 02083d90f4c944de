"""The connectors that this process knows, each with the reason if it cannot be used.

A connector is loaded with made-up values for every variable. So it can be shown before its app is
registered, and nothing that is shown can hold a secret.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from connectors.catalog import CONNECTOR_CATALOG, ENTRY_POINT_GROUP, Catalog
from connectors.config import Connector
from connectors.errors import ConfigError, UnknownConnector
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import SimulatedProvider
from gateway.errors import SettingsError
from gateway.sandbox.link import NO_SANDBOX, SandboxLink, link_sandbox
from gateway.settings.environment import Settings, read_environment
from gateway.wiring.process import redirect_uri

CONNECTORS_PATH = "GATEWAY_CONNECTORS_PATH"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One connector. ``config`` holds made-up credentials; it is ``None`` if it cannot be made.

    ``variables`` are those that it reads, with whether they are set; ``reason`` says why it is
    hidden, ``None`` if it is ready; ``simulated`` if the running sandbox stands in.
    """

    name: str
    origin: str
    location: str
    config: Connector | None
    variables: Mapping[str, bool]
    reason: str | None
    simulated: bool = False

    @property
    def display_name(self) -> str:
        """Its title; its name if it has none that can be read."""
        return self.config.display_name if self.config else self.name

    @property
    def state(self) -> str:
        """``ready``, ``simulated``, or ``hidden`` and the reason."""
        if self.reason is not None:
            return f"hidden: {self.reason}"
        return "simulated by the running sandbox" if self.simulated else "ready"


class Known:
    """Every connector of this process.

    ``settings`` is ``None`` where they are incomplete: a developer who only looks at connectors has
    no database and no keys. Raises ``ConfigError`` like ``Catalog``.
    """

    def __init__(
        self, env: Mapping[str, str], settings: Settings | None, sandbox: SandboxLink = NO_SANDBOX
    ) -> None:
        path = env.get(CONNECTORS_PATH, "").strip()
        self.folder = settings.connectors_path if settings else Path(path) if path else None
        self.settings = settings
        self._env = env
        self._made_up = MadeUp()
        self._described = Catalog(self._made_up, self.folder)
        self._sandbox = sandbox
        self._real = Catalog(sandbox.overlay(env), self.folder)
        self._entries: dict[str, Entry] = {}

    def names(self) -> tuple[str, ...]:
        """Every name in alphabetical order."""
        return self._real.names()

    def own(self) -> tuple[str, ...]:
        """The names in GATEWAY_CONNECTORS_PATH; without that folder, those of the package."""
        origin = "package" if self.folder is None else "folder"
        return tuple(name for name in self.names() if self._origin(name)[0] == origin)

    def entries(self) -> Iterator[Entry]:
        """Every connector in alphabetical order."""
        return map(self.entry, self.names())

    def entry(self, name: str) -> Entry:
        """The connector of that name, which must be a known one."""
        if name not in self._entries:
            self._entries[name] = self._read(name)
        return self._entries[name]

    def _read(self, name: str) -> Entry:
        self._made_up.asked.clear()
        with suppress(ConfigError):  # ``get`` says why
            self._described.create(name)
        variables = {asked: bool(self._env.get(asked, "").strip()) for asked in self._made_up.asked}
        config, reason = None, None
        try:
            config = self._described.get(name)
            self._real.get(name)
        except ConfigError as error:
            reason = " ".join(str(error).removeprefix(f"{name}: ").split())
        missing = [variable for variable, is_set in variables.items() if not is_set]
        if config is not None and reason is not None and missing:
            reason = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set"
        origin, location = self._origin(name)
        return Entry(
            name=name,
            origin=origin,
            location=location,
            config=config,
            variables=variables,
            reason=reason,
            simulated=self._sandbox.simulates(name),
        )

    def header(self, name: str) -> str | None:
        """The docstring of a connector's module, ``None`` if the module does not import."""
        module = _loaded(self._described.module, name)
        return None if module is None else module.__doc__ or ""

    def sources(self, name: str) -> list[Path]:
        """The files of a connector and its simulated provider, if the connector imports."""
        module = _loaded(self._described.module, name)
        if module is None or module.__file__ is None:
            return []
        file = Path(module.__file__)
        sandbox = file.parents[1] / "sandbox" / file.name
        return [file, sandbox] if sandbox.is_file() else [file]

    def sandbox_problems(self, name: str) -> list[str]:
        """Why the simulated provider does not load, a sentence each."""
        try:
            self._described.sandbox_module(name)
        except ConfigError as error:
            return [f"its sandbox file: {problem}" for problem in error.problems or (str(error),)]
        except UnknownConnector as error:
            return [error.reason or str(error)]
        except (Exception, SystemExit) as error:
            # The module may raise anything when it loads; its author needs one sentence.
            return [f"its sandbox file cannot be loaded: {type(error).__name__}: {error}"]
        return []

    def provider(self, name: str) -> SimulatedProvider | SimulatedKeyProvider | None:
        """The simulated provider, ``None`` if it does not load."""
        with suppress(Exception):  # ``sandbox_problems`` says why
            found = getattr(self._described.sandbox_module(name), "PROVIDER", None)
            if isinstance(found, (SimulatedProvider, SimulatedKeyProvider)):
                return found
        return None

    def redirect_uri(self, name: str) -> str:
        """The redirect URI to register; it begins with the setting's name if that is not set."""
        if self.settings is not None:
            return redirect_uri(self.settings, name)
        return f"{{GATEWAY_PUBLIC_URL}}/v1/connectors/{name}/callback"

    def find(self, name: str) -> str | None:
        """The connector's name for a name or alias, ``None`` for an unknown one."""
        if name in self.names():
            return name
        aliases = {e.config.alias: e.name for e in self.entries() if e.config and e.config.alias}
        return aliases.get(name)

    def unknown(self, name: str) -> str:
        """The error message for an unknown connector, with similar names."""
        near = difflib.get_close_matches(name.lower(), self.names(), n=3)
        hint = (
            f"did you mean {' or '.join(near)}?"
            if near
            else "gateway connectors list names them all"
        )
        return f'there is no connector "{name}" ({hint})'

    def _origin(self, name: str) -> tuple[str, str]:
        if name in CONNECTOR_CATALOG:
            return "package", CONNECTOR_CATALOG[name]
        if self.folder is not None and (file := self.folder / "catalog" / f"{name}.py").is_file():
            return "folder", str(file)
        return "entry point", next(
            e.value for e in entry_points(group=ENTRY_POINT_GROUP, name=name)
        )


def read_known(read: Callable[[], Settings]) -> Known:
    """The connectors of this process; ``read`` gives the settings or raises ``SettingsError``.

    In dev mode those that a running sandbox simulates are known, too.
    """
    try:
        settings = read()
    except SettingsError:
        return Known(read_environment(), None)
    env = read_environment()
    try:
        return Known(env, settings, asyncio.run(link_sandbox(settings, env)))
    except SettingsError:
        return Known(env, settings)  # it does not run any more


def _loaded(load: Callable[[str], ModuleType], name: str) -> ModuleType | None:
    try:
        return load(name)
    except (Exception, SystemExit):
        # The module may raise anything when it loads; the connector's entry says so.
        return None


class MadeUp(Mapping[str, str]):
    """An environment in which every variable has a made-up value; ``asked`` are those read."""

    def __init__(self) -> None:
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> str:
        self.asked[name] = None
        word = name.lower().replace("_", "-")
        if name.endswith("_HOSTS"):
            return "*"
        # A connector may read the address of its server, too; anything else may be any text.
        return f"https://{word}.example" if name.endswith("_URL") else word

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)
