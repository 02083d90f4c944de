"""The rules for the files of a connector in the catalog.

Three rule books share the work: ``connectors.review`` judges the shape of a description when it is
loaded, the contract (``gateway.testing``) judges what it means, and the rules here judge the files
around it. A rule is a function that yields the problems; its docstring is its line on the checklist
of a pull request.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from connectors.account import AccountLookup
from connectors.catalog import Catalog
from connectors.config import Connector, ConnectorConfig
from connectors.environment import variable
from connectors.errors import ConfigError
from connectors.review import OVERRIDES
from gateway.commands.connectors.check import fill_in_marks
from gateway.commands.connectors.known import MadeUp
from gateway.commands.tools.check import tool_file_problems
from gateway.testing.contract import Contract
from gateway.testing.imports import ways_to_the_network
from gateway.testing.locate import find_contracts
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation

ROOT = Path(__file__).resolve().parents[1]

FOLDERS = {
    "connectors/catalog": "{}.py",
    "connectors/sandbox": "{}.py",
    "connectors/hooks": "{}.py",
    "tests/connectors": "test_{}_provider.py",
}
"""The files of a connector. In a folder of one's own, ``place`` says where they are."""


@dataclass(frozen=True)
class Checked:
    """A connector as the rules see it. Without a usable ``config``, ``failures`` say why.

    ``folder`` is the folder of one's own that it is in, if any.
    """

    name: str
    config: Connector | None
    failures: tuple[str, ...]
    folder: Path | None = None

    def file(self, folder: str) -> Path:
        """Its file in one of ``FOLDERS``."""
        return place(self.folder, folder) / file_name(self.folder, folder, self.name)

    def sources(self, *folders: str) -> Iterator[Path]:
        """Those of its files that exist."""
        return filter(Path.is_file, map(self.file, folders))

    @cached_property
    def contracts(self) -> list[type[Contract]]:
        """The connector's contracts, whose subjects load; raises ``ContractViolation``."""
        found = find_contracts(self.name, self.folder)
        for contract in found:
            contract.subject()
        return found

    @property
    def overrides(self) -> list[str]:
        """The fields that are code and not data."""
        if self.config is None:
            return []
        if not isinstance(self.config, ConnectorConfig):
            return ["post_connection_script"] if self.config.post_connection_script else []
        is_code = {
            "fetch_account_info": not isinstance(self.config.fetch_account_info, AccountLookup),
            "callback_verifier": self.config.callback_verifier is not None,
            **{name: getattr(self.config, name) is not None for name in OVERRIDES},
            "post_connection_script": self.config.post_connection_script is not None,
        }
        return [name for name, code in is_code.items() if code]


Rule = Callable[[Checked], Iterator[str]]


def place(own: Path | None, folder: str) -> Path:
    """One of ``FOLDERS``, in this source tree or in the folder ``own``."""
    if own is None:
        return ROOT / folder
    return own / ("tests" if folder == "tests/connectors" else folder.rpartition("/")[2])


def file_name(own: Path | None, folder: str, connector: str) -> str:
    """The name of a connector's file there. Modules of a folder keep the name's hyphens."""
    is_module = own is None or folder == "tests/connectors"
    return FOLDERS[folder].format(connector.replace("-", "_") if is_module else connector)


def config_is_valid(checked: Checked) -> Iterator[str]:
    """the catalog loads it: a valid config under its own name, and the hook that it names"""
    yield from checked.failures


def contract_is_complete(checked: Checked) -> Iterator[str]:
    """its sandbox file and its contract are there and complete"""
    if checked.failures:
        return
    try:
        _ = checked.contracts
    except ContractViolation as violation:
        yield _relative(str(violation))
    except (Exception, SystemExit) as error:
        # The module may raise anything when it is imported.
        yield f"its sandbox file cannot be loaded: {type(error).__name__}: {error}"


def nothing_is_left_to_fill_in(checked: Checked) -> Iterator[str]:
    """no mark of ``connectors new`` is left in its files"""
    for path in checked.sources("connectors/catalog", "connectors/sandbox", "tests/connectors"):
        if marks := fill_in_marks(path):
            yield _relative(marks)


def description_is_a_sentence(checked: Checked) -> Iterator[str]:
    """its description says in one sentence what it is for"""
    if checked.config is not None:
        text = checked.config.description
        if not text:
            yield "description is empty: say in one sentence what it is for"
        elif not re.fullmatch(r"[A-Z].*[^.]\.", text):
            yield f'description "{text}" is no sentence: "Begins like this, ends like this."'


def quirks_are_answered(checked: Checked) -> Iterator[str]:
    """a comment names the quirk that a field answers; overrides are justified by one"""
    if checked.config is None:
        return
    source = checked.file("connectors/catalog").read_text()
    header = ast.get_docstring(ast.parse(source)) or ""
    known = set(re.findall(r"^(\d+)\. ", header, re.MULTILINE))
    for numbers in re.findall(r"# quirks? ([\d, and]+)", source):
        for number in re.findall(r"\d+", numbers):
            if number not in known:
                yield f"a comment names quirk {number}, which its header does not list"
    for override in checked.overrides:
        if not re.search(rf"^\s+{override}=.*# quirks? \d", source, re.MULTILINE):
            yield f"{override} is code, and no comment at it names the quirk that needs it"


def no_way_to_the_network(checked: Checked) -> Iterator[str]:
    """provider code imports no HTTP library: it is given ctx.fetch"""
    for path in checked.sources("connectors/catalog", "connectors/sandbox", "connectors/hooks"):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue  # it does not load, which another rule reports
        for name in ways_to_the_network(tree):
            yield _relative(f"{path} imports {name}")


def variables_are_documented(checked: Checked) -> Iterator[str]:
    """the variables of its app are in .env.local.example; a public client has no secret"""
    if checked.folder is not None or not isinstance(checked.config, ConnectorConfig):
        return
    lines = (ROOT / ".env.local.example").read_text().splitlines()
    for what in ("CLIENT_ID", "CLIENT_SECRET"):
        is_read = getattr(checked.config, what.lower(), None)  # a pasted key needs no app
        if is_read and f"{variable(checked.name, what)}=" not in lines:
            name = variable(checked.name, what)
            yield f".env.local.example has no {name}=: run scripts/document_connectors.py"


RULES: tuple[Rule, ...] = (
    config_is_valid,
    contract_is_complete,
    nothing_is_left_to_fill_in,
    description_is_a_sentence,
    quirks_are_answered,
    no_way_to_the_network,
    variables_are_documented,
)


def description_holds(checked: Checked) -> Iterator[str]:
    """the contract's checks of the description hold: header, inputs, hosts, expectations"""
    yield from _failures(checked, "description")


def fields_are_seen(checked: Checked) -> Iterator[str]:
    """every declared field makes a difference that the simulated provider sees"""
    yield from _failures(checked, "economy")


LAST_RULES: tuple[Rule, ...] = (description_holds, fields_are_seen)
"""Sections of the contract, run in this order until one finds a problem."""


def _failures(checked: Checked, section: str) -> Iterator[str]:
    for contract in checked.contracts:
        subject = contract.subject()
        for check in contract.checks:
            if check.section == section and check.name not in subject.expectations.gaps:
                if failure := workshop().failure(check, subject):
                    yield failure


def no_orphans(names: Sequence[str], folder: Path | None) -> Iterator[str]:
    """every file in the four folders belongs to a connector of the catalog"""
    configs = (load(name, folder).config for name in names)
    hooks = {config.post_connection_script or "" for config in configs if config is not None}
    for kind, pattern in FOLDERS.items():
        owners = {*names, *(hooks if kind == "connectors/hooks" else ())}
        expected = {file_name(folder, kind, owner) for owner in owners}
        for path in sorted(place(folder, kind).glob(pattern.format("*"))):
            if path.name not in expected and path.stem != "__init__":
                yield _relative(f"{path} belongs to no connector")


def tools_can_be_used(names: Sequence[str], folder: Path | None) -> Iterator[str]:
    """every tool file loads; what its tools need exists, and their examples are valid"""
    yield from map(_relative, tool_file_problems(Catalog(MadeUp(), folder), folder))


CATALOG_RULES = (no_orphans, tools_can_be_used)


def load(name: str, folder: Path | None = None) -> Checked:
    """Load a connector, perhaps one of ``folder``, with made-up credentials."""
    try:
        return Checked(name, Catalog(MadeUp(), folder).get(name), (), folder)
    except ConfigError as error:
        # The catalog hides the text of an unknown error, which may hold a secret. These do not.
        cause = f": {error.__cause__}" if error.__cause__ else ""
        said = f"{error}{cause}".removeprefix(f"{name}: ")
        return Checked(name, None, error.problems or (said,), folder)


def _relative(text: str) -> str:
    return text.replace(f"{ROOT}/", "")
