"""Write docs/connectors.md, docs/wanted.md and the variables in .env.local.example.

Every fact comes from a connector's config, loaded with made-up credentials, and from the docstrings
of its files. ``--check`` writes nothing and exits with 1 if a file is out of date.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

# Import from the tree of this script, not from an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from wanted_page import wanted_page

from connectors.account import AccountLookup
from connectors.catalog import CONNECTOR_CATALOG
from connectors.config import Connector, ConnectorConfig
from connectors.key_method import KeyMethod
from connectors.review import OVERRIDES
from gateway.commands.connectors.known import MadeUp
from gateway.testing.header import Header, read_header

ROOT = TREE = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "connectors.md"
WANTED = ROOT / "docs" / "wanted.md"
VARIABLES = ROOT / ".env.local.example"
COMMAND = "python scripts/document_connectors.py"

_CONSOLE = "Console: "
"""Begins the paragraph of a header about the provider's console."""

_SOURCE = re.compile(r"(?<![\w./@-])(?:https://)?((?:[a-z0-9-]+\.)+[a-z]{2,}/[\w./#%?=&~+-]*)")
"""An address in a docstring, with or without its scheme."""
_TITLES = (
    "connector",
    "category",
    "refreshed",
    "revoked",
    "PKCE",
    "several accounts",
    "asks for",
    "checked on",
    "facts",
    "sources",
)
"""The columns of the overview."""
_AUTHENTICATION = {
    "body": "client id and secret in the body",
    "header": "client id and secret as HTTP Basic",
    "secret_key": "the secret alone, as Bearer",
}
_REVOCATION_AUTH = {
    "client": "the client authenticates",
    "client_body": "the client authenticates in the body",
    "client_header": "the client authenticates with HTTP Basic",
    "client_secret": "the client secret authenticates",
    "none": "without authentication",
    "access_token": "the access token authenticates",
}

Described = tuple[Connector, Header, tuple[str, ...]]
"""A connector, its header, and the variables that it reads."""


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or compare it; returns the exit code."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 if it is out of date"
    )
    chosen = parser.parse_args(argv)
    try:
        described = [_describe(name) for name in CONNECTOR_CATALOG]
        configs = {config.name: config for config, _, _ in described}
        written = {
            PAGE: page(described),
            WANTED: wanted_page(configs, COMMAND),
            VARIABLES: variables(VARIABLES.read_text(encoding="utf-8"), described),
        }
    except (Exception, SystemExit) as error:
        # A connector's file may raise anything when it loads; the validator names the file.
        print(f"The catalog does not load: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    stale = [
        path
        for path, text in written.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if chosen.check:
            print(f"{path.relative_to(ROOT)} is out of date: run {COMMAND}", file=sys.stderr)
        else:
            path.write_text(written[path], encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if chosen.check and stale else 0


def variables(text: str, described: Sequence[Described]) -> str:
    """``.env.local.example`` with the variables of every connector, between the two headings."""
    before, begin, rest = text.partition("\n\n# https://")
    _, end, after = rest.partition("\n# --- The gateway ")
    if not begin or not end:
        raise ValueError(f"{VARIABLES.name}: the part about connectors has lost its headings")
    parts = [
        f"\n\n# {config.console_url}\n" + "\n".join(f"{variable}=" for variable in asked)
        for config, _, asked in described
        if asked
    ]
    return f"{before}{''.join(parts)}\n{end}{after}"


def page(described: Sequence[Described]) -> str:
    """The whole page about the connectors."""
    lines = [
        "# The connectors",
        "",
        f"<!-- Written by {COMMAND} from connectors/catalog; changes made here are lost. -->",
        "",
        f"{len(described)} connectors come with the gateway. The tutorials say how to describe "
        "one: [with OAuth](adding-a-connector.md), [with an API key](adding-a-key.md). "
        "`gateway connectors show NAME` shows one in the terminal, also one from "
        "outside of the package.",
        "",
        *_overview([(config, header) for config, header, _ in described]),
    ]
    for config, header, variables in described:
        lines += ["", *_section(config, header, variables)]
    return "\n".join(lines) + "\n"


def _describe(name: str) -> Described:
    module, made_up = importlib.import_module(CONNECTOR_CATALOG[name]), MadeUp()
    config: Connector = module.create_config(made_up)
    return config, read_header(module.__doc__ or ""), tuple(made_up.asked)


def _overview(described: Sequence[tuple[Connector, Header]]) -> Iterator[str]:
    yield f"| {' | '.join(_TITLES)} |"
    yield "|---" * len(_TITLES) + "|"
    for config, header in described:
        cells = (
            f"[{config.display_name}](#{_anchor(config)})",
            config.category,
            *_of_oauth(config),
            _yes(config.supports_multiple_accounts),
            ", ".join(_titles(config)) or "nothing",
            config.checked_on.isoformat(),
            "unconfirmed" if header.unconfirmed else "confirmed",
            str(len(_sources(config))),
        )
        yield f"| {' | '.join(cells)} |"


def _sources(config: Connector) -> list[str]:
    """The documentation, and what the docstrings of its simulation and its contract name."""
    stem, found = config.name.replace("-", "_"), [config.docs_url.removeprefix("https://")]
    for file in (f"connectors/sandbox/{stem}.py", f"tests/connectors/test_{stem}_provider.py"):
        text = ast.get_docstring(ast.parse((TREE / file).read_text(encoding="utf-8"))) or ""
        found += [each.rstrip(".,;:)") for each in _SOURCE.findall(" ".join(text.split()))]
    return [*dict.fromkeys(each.rstrip("/") for each in found)]


def _of_oauth(config: Connector) -> tuple[str, ...]:
    if not isinstance(config, ConnectorConfig):
        return "a key", "a key", "a key"
    return (
        _yes(config.supports_refresh),
        _yes(config.revocation_url is not None),
        _yes(config.use_pkce),
    )


def _titles(config: Connector) -> list[str]:
    """What a person types or pastes."""
    typed = config.connection_config if isinstance(config, ConnectorConfig) else {}
    pasted = {} if config.key is None else config.key.inputs
    return [
        *(part.title for part in typed.values()),
        *(f"{p.title} (key)" for p in pasted.values()),
    ]


def _section(config: Connector, header: Header, variables: Sequence[str]) -> Iterator[str]:
    yield f"## {config.display_name}"
    yield ""
    yield config.description
    yield ""
    yield "| | |"
    yield "|---|---|"
    facts = (
        _facts(config, header, variables) if isinstance(config, ConnectorConfig) else _key(config)
    )
    for title, text in facts:
        yield f"| {title} | {text} |"
    yield ""
    yield "Quirks:"
    yield ""
    for number, quirk in enumerate(header.quirks, 1):
        yield f"{number}. {quirk}"
    for note in header.notes:
        if not note.startswith(_CONSOLE):
            yield ""
            yield note
    for fact in header.unconfirmed:
        yield ""
        yield f"Unconfirmed: {fact}"
    yield ""
    yield f"Sources: {', '.join(f'`{source}`' for source in _sources(config))}."
    if isinstance(config, ConnectorConfig):
        yield ""
        yield f"Scopes: {header.scopes}"


def _key(config: Connector) -> Iterator[tuple[str, str]]:
    """The facts about a connector that takes pasted keys alone."""
    yield "name", f"`{config.name}`" + (f", or `{config.alias}`" if config.alias else "")
    yield "category", config.category
    yield "documentation", _link(config.docs_url)
    yield "find a key", _link(config.console_url)
    yield from _of_key(config.key)
    yield "API", _code(config.api_base_url) + "".join(f", `{host}`" for host in config.api_hosts)
    yield "several accounts", _yes(config.supports_multiple_accounts)
    yield (
        "own code",
        f"hook `{config.post_connection_script}`" if config.post_connection_script else "none",
    )
    yield "checked on", config.checked_on.isoformat()


def _of_key(key: KeyMethod | None) -> Iterator[tuple[str, str]]:
    if key is None:
        return
    pasted = [f"`{name}`: {each.title}. {each.description}" for name, each in key.inputs.items()]
    yield "pasted", "<br>".join(pasted)
    places = [f"header `{name}: {text}`" for name, text in key.api_headers.items()]
    places += ["HTTP Basic `{}:{}`".format(*key.api_basic)] if key.api_basic else []
    places += [f"query `{name}={text}`" for name, text in key.api_query.items()]
    places += [f"member `{name}` of the body: `{text}`" for name, text in key.api_body.items()]
    yield "sent as", "<br>".join(places) or "a part of the address"
    if key.verify is not None:
        yield "checked by", f"{key.verify.method} `{key.verify.url}`"
    if key.token is not None:
        yield "exchanged at", f"{key.token.method} `{key.token.url}`"


def _facts(
    config: ConnectorConfig, header: Header, variables: Sequence[str]
) -> Iterator[tuple[str, str]]:
    yield "name", f"`{config.name}`" + (f", or `{config.alias}`" if config.alias else "")
    yield "category", config.category
    shown = {config.docs_url, config.console_url}
    further = [f"{label}: {_link(url)}" for label, url in header.links if url not in shown]
    yield "documentation", "<br>".join([_link(config.docs_url), *further])
    yield "register an app", _link(config.console_url)
    yield "redirect URI", f"`{{GATEWAY_PUBLIC_URL}}/v1/connectors/{config.name}/callback`"
    yield "enter there", "<br>".join(_console(config, header))
    yield "variables", "<br>".join(f"`{variable}`" for variable in variables)
    yield "default scopes", " ".join(f"`{scope}`" for scope in config.scopes) or "none"
    authentication = _AUTHENTICATION[config.authorization_method]
    yield "authentication", f"{authentication}; the body is {config.body_format}"
    yield "PKCE", "S256" if config.use_pkce else "not used"
    yield "refresh", _refresh(config)
    yield "revocation", _revocation(config)
    yield "account", _account(config)
    yield "API", _code(config.api_base_url) + "".join(f", `{host}`" for host in config.api_hosts)
    yield "asks for", "<br>".join(_inputs(config)) or "nothing"
    yield from ((f"or a key: {title}", text) for title, text in _of_key(config.key))
    yield "several accounts", _yes(config.supports_multiple_accounts)
    yield "own code", ", ".join(_overrides(config)) or "none"
    yield "checked on", config.checked_on.isoformat()


def _console(config: ConnectorConfig, header: Header) -> Iterator[str]:
    """What a person enters at the provider's console; docs/real-apps.md has the rest."""
    yield "the redirect URI above; a confidential client with a secret"
    yield f"permissions: {' '.join(f'`{scope}`' for scope in config.scopes) or 'no scopes'}"
    if any("${connection_config." in url for url in (config.authorization_url, config.token_url)):
        titles = " and ".join(part.title.lower() for part in config.connection_config.values())
        yield f"one app serves every {titles}"
    for note in header.notes:
        if note.startswith(_CONSOLE):
            text = note.removeprefix(_CONSOLE)
            yield text[0].lower() + text[1:]


def _refresh(config: ConnectorConfig) -> str:
    if not config.supports_refresh:
        return "none: a person connects again when the token ends"
    return "yes" + (f", at `{config.refresh_url}`" if config.refresh_url else "")


def _revocation(config: ConnectorConfig) -> str:
    shape = config.revocation
    if config.revocation_url is None:
        return "none: disconnecting forgets the tokens here"
    token = [f"the {shape.token.replace('_', ' ')}"] if shape.token else []
    sent = " and ".join([*token, *(f"`{name}`" for name in shape.params)])
    said = f"{shape.body_format} with {sent}" if sent else "no body"
    return f"{shape.method} `{config.revocation_url}`, {said}; {_REVOCATION_AUTH[shape.auth]}"


def _account(config: ConnectorConfig) -> str:
    lookup = config.fetch_account_info
    if not isinstance(lookup, AccountLookup):
        return "read by the connector's own function"
    place = "the introspection answer" if lookup.introspect else "the token answer"
    if lookup.jwt is not None:
        place = f"the claims of `{lookup.jwt}`"
    if lookup.url is not None:
        place = f"{lookup.method} `{lookup.url}`"
    return f"{_code(*lookup.id)} of {place}; shown as {_code(*lookup.label)}"


def _inputs(config: ConnectorConfig) -> Iterator[str]:
    for name, part in config.connection_config.items():
        about = f"`{name}`: {part.title}. {part.description}"
        if part.choices:
            yield f"{about} One of: {', '.join(f'`{choice}`' for choice in part.choices)}"
        else:
            yield f"{about} Example: `{part.example}{part.suffix}`"


def _overrides(config: ConnectorConfig) -> Iterator[str]:
    if not isinstance(config.fetch_account_info, AccountLookup):
        yield "`fetch_account_info`"
    for name in ("callback_verifier", *OVERRIDES):
        if getattr(config, name) is not None:
            yield f"`{name}`"
    if config.post_connection_script is not None:
        yield f"hook `{config.post_connection_script}`"


def _anchor(config: Connector) -> str:
    return re.sub(r"[^\w\- ]", "", config.display_name.lower()).replace(" ", "-")


def _link(url: str) -> str:
    parts = urlsplit(url)
    return f"[{parts.netloc}{parts.path}]({url})"


def _code(*texts: str) -> str:
    return ", else ".join(f"`{text}`" for text in texts)


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"


if __name__ == "__main__":
    sys.exit(main())
