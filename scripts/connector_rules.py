"""The rules that every connector of the catalog has to keep.

A rule is a function that yields what is wrong; its docstring is its line on the checklist of a pull
request.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from connectors.account import AccountLookup
from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.config_types import PLACEHOLDER
from connectors.errors import ConfigError, ConnectorError
from connectors.sandbox import SimulatedProvider
from gateway.commands.connectors.check import fill_in_marks
from gateway.commands.connectors.known import MadeUp
from gateway.sandbox.link import variable
from gateway.testing.checks.economy import ECONOMY
from gateway.testing.header import header_problems
from gateway.testing.imports import ways_to_the_network
from gateway.testing.locate import find_contract
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation

ROOT = Path(__file__).resolve().parents[1]

URL_FIELDS = (
    "authorization_url",
    "token_url",
    "refresh_url",
    "revocation_url",
    "introspection_url",
    "api_base_url",
)


@dataclass(frozen=True)
class Checked:
    """A connector as the rules see it. Without a usable ``config``, ``failures`` say why."""

    name: str
    config: ConnectorConfig | None
    failures: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The name of its files."""
        return self.name.replace("-", "_")

    def file(self, folder: str) -> Path:
        """Its file in one of the four folders."""
        return ROOT / folder / FOLDERS[folder].format(self.stem)

    @cached_property
    def header(self) -> str:
        """The docstring of its module."""
        path = self.file("connectors/catalog")
        return (ast.get_docstring(ast.parse(path.read_text())) or "") if path.is_file() else ""

    @property
    def overrides(self) -> list[str]:
        """The fields that are code and not data."""
        if self.config is None:
            return []
        is_code = {
            "fetch_account_info": not isinstance(self.config.fetch_account_info, AccountLookup),
            "callback_verifier": self.config.callback_verifier is not None,
            "post_connection_script": self.config.post_connection_script is not None,
        }
        return [name for name, code in is_code.items() if code]


FOLDERS = {
    "connectors/catalog": "{}.py",
    "connectors/sandbox": "{}.py",
    "connectors/hooks": "{}.py",
    "tests/connectors": "test_{}_provider.py",
}
Rule = Callable[[Checked], Iterator[str]]


def config_is_valid(checked: Checked) -> Iterator[str]:
    """the module loads, and create_config makes a valid config: https, no undeclared placeholder"""
    yield from checked.failures


def name_is_the_key(checked: Checked) -> Iterator[str]:
    """the config's name is the key in the catalog and the name of its file"""
    if checked.config is not None and checked.config.name != checked.name:
        yield f'its config is named "{checked.config.name}"'
    if checked.config is not None and not checked.file("connectors/catalog").is_file():
        yield f"there is no {checked.file('connectors/catalog').relative_to(ROOT)}"


def addresses_are_clean(checked: Checked) -> Iterator[str]:
    """every address is https, and a placeholder stands only where one is filled in"""
    for name in URL_FIELDS:
        url = getattr(checked.config, name, None)
        if url is not None and not url.startswith("https://"):
            yield f"{name} is not https"
    if checked.config is not None:
        for path, text in _texts(checked.config):
            if PLACEHOLDER.search(text) and path.partition(".")[0] not in _FILLED_IN:
                yield f"{path} has a stray placeholder"


_FILLED_IN = {*URL_FIELDS, "api_headers", "revocation", "fetch_account_info"}


def functions_are_functions(checked: Checked) -> Iterator[str]:
    """callback_verifier and fetch_account_info can be called as the engine calls them"""
    if checked.config is None:
        return
    verifier, account = checked.config.callback_verifier, checked.config.fetch_account_info
    if verifier is not None and (not callable(verifier) or inspect.iscoroutinefunction(verifier)):
        yield "callback_verifier is no plain function"
    if not isinstance(account, AccountLookup) and not inspect.iscoroutinefunction(account):
        yield "fetch_account_info is neither account_lookup(...) nor an async function"


def hook_exists(checked: Checked) -> Iterator[str]:
    """the hook that it names is there, with an async post_connection(ctx)"""
    if checked.config is not None:
        try:
            Catalog({}).hook(checked.config)
        except ConfigError as error:
            yield str(error).removeprefix(f"{checked.config.name}: ")


def provider_is_simulated(checked: Checked) -> Iterator[str]:
    """a sandbox file describes the provider's own side"""
    path = checked.file("connectors/sandbox").relative_to(ROOT)
    if not checked.file("connectors/sandbox").is_file():
        yield f"there is no {path}"
        return
    try:
        provider = getattr(Catalog({}).sandbox_module(checked.name), "PROVIDER", None)
    except (Exception, SystemExit) as error:
        yield f"{path} cannot be loaded: {type(error).__name__}: {error}"
        return
    if not isinstance(provider, SimulatedProvider):
        yield f"{path} has no PROVIDER"
    elif provider.name != checked.name:
        yield f'{path} simulates "{provider.name}"'


def contract_exists(checked: Checked) -> Iterator[str]:
    """a test file is there for its contract"""
    if not checked.file("tests/connectors").is_file():
        yield f"there is no {checked.file('tests/connectors').relative_to(ROOT)}"


def contract_is_complete(checked: Checked) -> Iterator[str]:
    """the contract has every expectation and sample"""
    if not checked.file("tests/connectors").is_file():
        return
    try:
        find_contract(checked.name).expectations()
    except ContractViolation as violation:
        cause = violation.__cause__
        if not isinstance(cause, ImportError) or not (cause.name or "").startswith("connectors."):
            yield _relative(str(violation))  # a connector's missing file is another rule's finding


def nothing_is_left_to_fill_in(checked: Checked) -> Iterator[str]:
    """no mark of ``connectors new`` is left in its files"""
    for folder in ("connectors/catalog", "connectors/sandbox", "tests/connectors"):
        if checked.file(folder).is_file() and (marks := fill_in_marks(checked.file(folder))):
            yield _relative(marks)


def header_explains(checked: Checked) -> Iterator[str]:
    """its header names its documentation, lists its quirks and justifies every scope"""
    if checked.file("connectors/catalog").is_file():
        yield from header_problems(checked.header, checked.config)
        if checked.config is not None and not checked.config.use_pkce:
            if "PKCE" not in checked.header:
                yield "its header does not say why PKCE is off"


def quirks_are_answered(checked: Checked) -> Iterator[str]:
    """a comment names the quirk that a field answers; overrides are justified by one"""
    path = checked.file("connectors/catalog")
    if not path.is_file():
        return
    source = path.read_text()
    known = set(re.findall(r"^(\d+)\. ", checked.header, re.MULTILINE))
    for numbers in re.findall(r"# quirks? ([\d, and]+)", source):
        for number in re.findall(r"\d+", numbers):
            if number not in known:
                yield f"a comment names quirk {number}, which its header does not list"
    for override in checked.overrides:
        if not re.search(rf"^\s+{override}=.*# quirks? \d", source, re.MULTILINE):
            yield f"{override} is code, and no comment beside it names the quirk that needs it"


def no_way_to_the_network(checked: Checked) -> Iterator[str]:
    """provider code imports no HTTP library: it is given ctx.fetch"""
    for folder in ("connectors/catalog", "connectors/sandbox", "connectors/hooks"):
        if not checked.file(folder).is_file():
            continue
        try:
            tree = ast.parse(checked.file(folder).read_text())
        except SyntaxError:
            continue  # it does not load, which another rule says
        for name in ways_to_the_network(tree):
            yield f"{checked.file(folder).relative_to(ROOT)} imports {name}"


def variables_are_documented(checked: Checked) -> Iterator[str]:
    """both variables are in .env.local.example"""
    lines = (ROOT / ".env.local.example").read_text().splitlines()
    for what in ("CLIENT_ID", "CLIENT_SECRET"):
        if f"{variable(checked.name, what)}=" not in lines:
            yield f".env.local.example has no {variable(checked.name, what)}="


RULES: tuple[Rule, ...] = (
    config_is_valid,
    name_is_the_key,
    addresses_are_clean,
    functions_are_functions,
    hook_exists,
    provider_is_simulated,
    contract_exists,
    contract_is_complete,
    nothing_is_left_to_fill_in,
    header_explains,
    quirks_are_answered,
    no_way_to_the_network,
    variables_are_documented,
)


def fields_are_seen(checked: Checked) -> Iterator[str]:
    """every declared field makes a difference that the simulated provider sees"""
    subject = find_contract(checked.name).subject()
    for check in ECONOMY:
        if (failure := workshop().failure(check, subject)) is not None:
            yield failure


LAST_RULES: tuple[Rule, ...] = (fields_are_seen,)
"""Needs all that the others ask for, and is run where they found nothing."""


def catalog_is_sorted(names: Sequence[str]) -> Iterator[str]:
    """the catalog is in alphabetical order"""
    if list(names) != sorted(names):
        yield "CONNECTOR_CATALOG is not in alphabetical order"


def _hooks(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if (config := load(name).config) is not None and config.post_connection_script:
            yield config.post_connection_script


def no_orphans(names: Sequence[str]) -> Iterator[str]:
    """every file in the four folders belongs to a connector of the catalog"""
    for folder, pattern in FOLDERS.items():
        owners = {*names, *_hooks(names)} if folder == "connectors/hooks" else {*names}
        expected = {pattern.format(owner.replace("-", "_")) for owner in owners}
        for path in sorted((ROOT / folder).glob(pattern.format("*"))):
            if path.name not in expected and path.stem != "__init__":
                yield f"{path.relative_to(ROOT)} belongs to no connector"


CATALOG_RULES = (catalog_is_sorted, no_orphans)


def load(name: str) -> Checked:
    """A connector under made-up variables."""
    env: Mapping[str, str] = MadeUp()
    try:
        config = Catalog(env).module(name).create_config(env)
    except ConnectorError as error:
        return Checked(name, None, getattr(error, "problems", ()) or (str(error),))
    except (Exception, SystemExit) as error:
        # Whatever a connector's module does when it loads is a finding and not our crash.
        return Checked(name, None, (f"it cannot be loaded: {type(error).__name__}: {error}",))
    if not isinstance(config, ConnectorConfig):
        return Checked(name, None, ("create_config does not return a ConnectorConfig",))
    return Checked(name, config, ())


def _relative(text: str) -> str:
    return text.replace(f"{ROOT}/", "")


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a config, with the dot path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, (tuple, frozenset)):
        for item in value:
            yield from _texts(item, path)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            inner = f"{path}.{field.name}" if path else field.name
            yield from _texts(getattr(value, field.name), inner)
