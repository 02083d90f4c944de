"""The commands ``python -m gateway connectors list | show | check | probe | new``."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.errors import ConfigError
from gateway.commands.connectors.known import CONNECTORS_PATH, read_known
from gateway.commands.output import add_json_option, print_json, print_lines
from gateway.observe.logs import configure_logs
from gateway.settings.environment import Settings
from gateway.text import say

GUIDE = "docs/adding-a-connector.md"
KEY_GUIDE = "docs/adding-a-key.md"
OF_OAUTH = {"authorization_url", "token_url", "scopes", "auth", "body", "refresh"}
"""The values of ``new`` that a connector with a key does not have."""

ReadSettings = Callable[[], Settings]


def add_connector_commands(actions: Any, read: ReadSettings) -> None:
    """Add the actions; ``read`` returns the settings or raises ``SettingsError``."""
    listing = actions.add_parser("list", help="list every connector and whether it can be used")
    listing.set_defaults(run=lambda arguments: _list(arguments, read))

    show = actions.add_parser(
        "show", help="show everything that registering an app for a connector needs"
    )
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=lambda arguments: _show(arguments, read))

    check = actions.add_parser("check", help="check connectors against their contracts")
    check.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help=f"without it: every connector of your folder ({CONNECTORS_PATH}), else of the package",
    )
    check.add_argument("--contract", type=Path, metavar="FILE", help="the file with its contract")
    check.add_argument(
        "--record",
        action="store_true",
        help="write down what goes over the wire, to be reviewed, if everything else holds",
    )
    check.set_defaults(run=lambda arguments: _check(arguments, read))

    probe = actions.add_parser(
        "probe",
        help="compare a description and its sandbox with what the provider publishes",
        description="Reads RFC 8414, OpenID Connect and RFC 9728 metadata. Exit codes: 0 nothing "
        "differs, 1 something differs, 2 nothing is published or it cannot be reached.",
    )
    probe.add_argument("name", metavar="NAME")
    probe.set_defaults(run=lambda arguments: _probe(arguments, read))

    for action in (listing, show, check, probe):
        add_json_option(action)

    new = actions.add_parser(
        "new",
        help="begin a connector: write its files, with fill-in for the unknown values",
        description="Values that are not given say fill-in.",
    )
    new.add_argument("name", metavar="NAME", help="in kebab-case")
    new.add_argument(
        "--key",
        action="store_const",
        const=True,
        help="people paste an API key; the options for OAuth have no place then",
    )
    new.add_argument("--display-name", metavar="TEXT")
    new.add_argument("--category")
    for option in ("authorization-url", "token-url", "api-base-url"):
        new.add_argument(
            f"--{option}",
            metavar="URL",
            help="may hold ${connection_config.x}, a value that people type",
        )
    for option in ("docs-url", "console-url"):
        new.add_argument(f"--{option}", metavar="URL")
    new.add_argument("--scopes", metavar="A,B")
    new.add_argument(
        "--auth", metavar="body|header|header_raw|secret_key|none", help="client authentication"
    )
    new.add_argument("--body", metavar="form|json", help="the body of token requests")
    new.add_argument(
        "--no-refresh",
        dest="refresh",
        action="store_const",
        const=False,
        help="there are no refresh tokens",
    )
    new.add_argument(
        "--folder", type=Path, metavar="PATH", help="a folder with your own connectors"
    )
    new.set_defaults(run=_new)


def _list(arguments: argparse.Namespace, read: ReadSettings) -> int:
    from gateway.commands.connectors.listing import listing_data, print_listing

    known = read_known(read)
    return print_json(listing_data(known)) if arguments.json else print_listing(known)


def _show(arguments: argparse.Namespace, read: ReadSettings) -> int:
    from gateway.commands.connectors.show import facts, shown

    known = read_known(read)
    name = known.find(arguments.name)
    if name is None:
        return _unusable(known.unknown(arguments.name))
    entry = known.entry(name)
    return print_json(facts(known, entry)) if arguments.json else print_lines(shown(known, entry))


def _check(arguments: argparse.Namespace, read: ReadSettings) -> int:
    try:
        # Imported here: pytest, which contracts need, is not installed in production.
        from gateway.commands.connectors.check_command import check_connectors
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        return _failed(
            "contracts need more than the server: pip install 'connector-gateway[testing]'"
        )

    configure_logs("critical", stream=sys.stderr)  # the checks provoke errors on purpose
    known, name = read_known(read), arguments.name
    if name is None and arguments.contract is not None:
        return _unusable("--contract needs the NAME of its connector")
    if name is not None and known.find(name) is None and arguments.contract is None:
        return _unusable(known.unknown(name))
    return check_connectors(known, arguments)


def _probe(arguments: argparse.Namespace, read: ReadSettings) -> int:
    from gateway.commands.connectors.probe_command import probe_connector

    configure_logs("critical", stream=sys.stderr)
    known = read_known(read)
    name = known.find(arguments.name)
    if name is None:
        return _unusable(known.unknown(arguments.name))
    return probe_connector(known, name, arguments)


def _new(arguments: argparse.Namespace) -> int:
    import connectors
    from gateway.commands.connectors.new import CannotWrite, NewConnector, files_for, write_all

    given = {
        field: value
        for field, value in vars(arguments).items()
        if field in NewConnector.__dataclass_fields__ and value is not None
    }
    if arguments.key and (odd := sorted(given.keys() & OF_OAUTH)):
        names = ", ".join("--" + name.replace("_", "-") for name in odd)
        return _unusable(
            f"a connector with a key has no {names.replace('--refresh', '--no-refresh')}"
        )
    new, folder = NewConnector(**given), arguments.folder
    root, today = Path(connectors.__file__).parents[1], datetime.now(UTC).date()
    try:
        new.refuse_unusable()
        files = files_for(new, root=root, folder=folder, today=today)
        existing = {path for path in files if path.exists()}
        write_all(files)
    except ConfigError as error:
        return _unusable("; ".join(error.problems) or str(error))
    except CannotWrite as error:
        return _failed(str(error))
    before = f"{CONNECTORS_PATH}={shlex.quote(str(folder))} " if folder is not None else ""
    return print_lines(
        [
            *(f"{'changed' if path in existing else 'wrote'}  {path}" for path in files),
            "",
            "Replace every fill-in; this command lists what is missing:",
            f"  {before}gateway connectors check {new.name}",
            f"How to go on: {KEY_GUIDE if new.key else GUIDE}",
        ]
    )


def _unusable(sentence: str) -> int:
    say(f"gateway: {sentence}", error=True)
    return 2


def _failed(sentence: str) -> int:
    say(f"gateway: {sentence}", error=True)
    return 1
