"""The header of a connector's file: its documentation, its quirks, and why each scope is requested."""

from __future__ import annotations

import re

from connectors.config import ConnectorConfig


def header_problems(header: str, config: ConnectorConfig | None) -> list[str]:
    """What is missing in a module's docstring, in words."""
    found = [f'its header has no "{wanted}"' for wanted in ("Docs: https://", "Quirks:", "Scopes:")
             if wanted not in header]  # fmt: skip
    quirks = header.partition("Quirks:")[2].partition("Scopes:")[0]
    if "Quirks:" in header and not re.search(r"^1\. |\A\s*none\b", quirks, re.MULTILINE):
        found.append("its header lists no quirk (1., 2., … or: none)")
    justified = header.partition("Scopes:")[2]
    for scope in config.scopes if config else ():
        # A whole word: "read" is not justified by "already".
        word = re.escape(scope.rpartition("/")[2])
        if not re.search(rf"(?<![\w:]){word}(?![\w:])", justified):
            found.append(f'its header does not justify the scope "{scope}"')
    return found
