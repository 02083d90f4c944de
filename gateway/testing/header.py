"""The header of a connector's file: further links, quirks, and the reason for each scope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.config import Connector, ConnectorConfig, KeyConnectorConfig


@dataclass(frozen=True)
class Header:
    """The docstring of a connector's module, each part on one line.

    ``links`` are label and address; ``notes`` are what stands between quirks and scopes, and
    ``unconfirmed`` the paragraphs about facts for which no documentation was found.
    """

    links: tuple[tuple[str, str], ...]
    quirks: tuple[str, ...]
    notes: tuple[str, ...]
    scopes: str
    unconfirmed: tuple[str, ...] = ()


_UNCONFIRMED = re.compile(r"(?ms)^Unconfirmed:(.*?)(?:\n[ \t]*\n|\Z)")


def read_header(docstring: str) -> Header:
    """The parts of a connector's header, in Markdown."""
    unconfirmed = _UNCONFIRMED.findall(docstring)
    body, _, scopes = _UNCONFIRMED.sub("\n", docstring).partition("Scopes:")
    about, _, listed = body.partition("Quirks:")
    quirks, notes = [], []
    for paragraph in listed.split("\n\n"):
        first, *items = re.split(r"(?m)^\d+\. ", paragraph.strip())
        notes += [first] if first else []
        quirks += items
    return Header(
        links=tuple(re.findall(r"(?m)^([A-Z][A-Za-z ]+): (https://\S+)$", about)),
        quirks=tuple(map(_line, quirks)),
        notes=tuple(map(_line, notes)),
        scopes=_line(scopes),
        unconfirmed=tuple(map(_line, unconfirmed)),
    )


def header_problems(header: str, config: Connector | None) -> list[str]:
    """Describe each thing that a module's docstring lacks. A key has no scopes."""
    wanted = ("Quirks:",) if isinstance(config, KeyConnectorConfig) else ("Quirks:", "Scopes:")
    found = [f'its header has no "{part}"' for part in wanted if part not in header]
    oauth = config if isinstance(config, ConnectorConfig) else None
    quirks = header.partition("Quirks:")[2].partition("Scopes:")[0]
    if "Quirks:" in header and not re.search(r"^1\. |\A\s*none\b", quirks, re.MULTILINE):
        found.append("its header lists no quirk (1., 2., … or: none)")
    if oauth is not None and not oauth.use_pkce and "PKCE" not in header:
        found.append("its header does not say why PKCE is off")
    if not all(read_header(header).unconfirmed):
        found.append("its header says Unconfirmed: and not what")
    justified = header.partition("Scopes:")[2]
    for scope in oauth.scopes if oauth else ():
        # A whole word: "read" is not justified by "already".
        word = re.escape(scope.rpartition("/")[2])
        if not re.search(rf"(?<![\w:]){word}(?![\w:])", justified):
            found.append(f'its header does not justify the scope "{scope}"')
    return found


def _line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
