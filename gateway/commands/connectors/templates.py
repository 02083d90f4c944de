"""The files of a new connector, as text that needs no formatter.

What the author has to find out is left out or says ``fill-in``: the rules and the contract name it.
The simulated provider takes nothing from the addresses: it is written from the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from connectors.config_types import ConnectionInput
from connectors.environment import variable
from gateway.commands.connectors.description import FILL_IN, Description

_WIDTH = 100

_CLIENT_AUTH = {"body": "post", "header": "basic", "secret_key": "secret_key"}


def catalog_file(new: Description, checked_on: date) -> str:
    """The description itself. ``checked_on`` is the day it is written."""
    fields = [
        "name=NAME,",
        f'display_name="{new.title}",',
        f'category="{new.category}",',
        f'docs_url="{new.docs_url}",',
        f'console_url="{new.console_url}",',
        f"checked_on=date({checked_on.year}, {checked_on.month}, {checked_on.day}),",
        *_credentials(new.name),
        f'authorization_url="{new.authorization_url}",',
        f'token_url="{new.token_url}",',
        *_tuple("scopes=", new.scopes, ",", indent=8),
        *([f'authorization_method="{new.auth}",'] if new.auth != "body" else []),
        *([f'body_format="{new.body}",'] if new.body != "form" else []),
        f"supports_refresh={new.refresh},",
        "supports_multiple_accounts=True,",
        *_inputs(new.inputs),
        f'fetch_account_info=account_lookup(id="{FILL_IN}", label="{FILL_IN}"),',
        f'api_base_url="{new.api_base_url}",',
    ]
    return f'''"""{new.title} OAuth connector.

Docs: {new.docs_url}
Register an app: {new.console_url}

Quirks:

Scopes:
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors.account import account_lookup
from connectors.environment import require_env
from connectors.config import {"ConnectionInput, " if new.inputs else ""}ConnectorConfig
from connectors.secret import Secret

NAME = "{new.name}"


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    """The connector as described above, with the app's credentials from ``env``."""
    return ConnectorConfig(
{_indented(fields, 8)}
    )
'''


def sandbox_file(new: Description) -> str:
    """The provider's own side: RFC 6749 as it stands, at addresses that have to be filled in."""
    host = f"{new.name[:63].strip('-')}.{FILL_IN}.example"
    refresh_params = '{"grant_type", "refresh_token"}' if new.refresh else ""
    rotation = "none" if new.refresh else "never"
    return f'''"""{new.title}, seen from its own side.

Sources: {FILL_IN} (its documentation, read with the catalog file closed)
"""

from __future__ import annotations

from typing import Any

from connectors.provider import (
    AuthorizeRules,
    GrantRules,
    IssuedTokens,
    SimulatedProvider,
    TokenRules,
)


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {{
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
    }}
    if issued.refresh_token is not None:
        answer["refresh_token"] = issued.refresh_token
    return answer


PROVIDER = SimulatedProvider(
    name="{new.name}",
    display_name="{new.title}",
    client_id="{new.name}-sandbox",
    client_secret="{new.name}-sandbox-client-secret",
    accounts=(),
    authorize=AuthorizeRules(
        address="{host}/authorize",
        known_scopes=frozenset(),
    ),
    token=TokenRules(
        address="{host}/token",
        client_auth="{_CLIENT_AUTH[new.auth]}",
        body_format="{new.body}",
        exchange_params=frozenset({{"grant_type", "code", "redirect_uri", "code_verifier"}}),
        refresh_params=frozenset({refresh_params}),
    ),
    grant=GrantRules(
        access_token_prefix="{new.name}-access-",
        refresh_token_prefix="{new.name}-refresh-",
        expires=lambda params: 3600,
        offline=lambda params, consented_before: {new.refresh},
        rotation="{rotation}",
    ),
    api=(),
    api_hosts=frozenset(),
    token_answer=_token_answer,
)
'''


def contract_file(new: Description, *, outside: bool) -> str:
    """The contract without its samples. ``outside``: for a folder of one's own."""
    path = "\nfrom pathlib import Path\n" if outside else ""
    folder = "    folder = Path(__file__).parents[1]\n" if outside else ""
    scopes = "\n    ".join(_tuple("scopes = ", new.scopes, "", indent=4))
    return f'''"""{new.title} on the wire.

Sources: {FILL_IN}
"""

from __future__ import annotations
{path}
from gateway.testing import ConnectorContract


class Test{new.name.title().replace("-", "")}(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

{folder}    connector = "{new.name}"
    {scopes}
'''


def catalog_line(name: str) -> str:
    """The line of ``CONNECTOR_CATALOG``."""
    return f'    "{name}": "connectors.catalog.{name.replace("-", "_")}",'


def variable_lines(new: Description) -> list[str]:
    """The lines of ``.env.local.example``."""
    names = (variable(new.name, what) for what in ("CLIENT_ID", "CLIENT_SECRET"))
    return [f"# {new.console_url}", *(f"{name}=" for name in names)]


def _inputs(inputs: Mapping[str, ConnectionInput]) -> list[str]:
    """``connection_config`` with everything but the pattern to be filled in."""
    if not inputs:
        return []
    lines = ["connection_config={"]
    for name, each in inputs.items():
        suffix = [f'        suffix="{each.suffix}",'] if each.suffix else []
        lines += [
            f'    "{name}": ConnectionInput(',
            f'        title="{each.title}",',
            f'        description="{each.description}",',
            f'        example="{each.example}",',
            f'        pattern=r"{each.pattern}",',
            *suffix,
            "    ),",
        ]
    return [*lines, "},"]


def _credentials(name: str) -> list[str]:
    client_id = _calls("require_env", "env", f'"{variable(name, "CLIENT_ID")}"', "NAME")
    secret = _calls("require_env", "env", f'"{variable(name, "CLIENT_SECRET")}"', "NAME")
    inside = (text.replace("\n", "\n    ") for text in secret)
    return [
        *_first_that_fits(*(f"client_id={text}," for text in client_id)),
        *_first_that_fits(
            f"client_secret=Secret({secret[0]}),",
            *(f"client_secret=Secret(\n    {text}\n)," for text in inside),
        ),
    ]


def _calls(function: str, *arguments: str) -> tuple[str, str, str]:
    """A call as formatters write it: on one line, its arguments on one line, or on one each."""
    joined, each = ", ".join(arguments), ",\n    ".join(arguments)
    return (
        f"{function}({joined})",
        f"{function}(\n    {joined}\n)",
        f"{function}(\n    {each},\n)",
    )


def _first_that_fits(*forms: str) -> list[str]:
    """The lines of the first form that is narrow enough for ``create_config``, else of the last."""
    lines = [form.split("\n") for form in forms]
    return next((form for form in lines if max(map(len, form)) + 8 <= _WIDTH), lines[-1])


def _tuple(before: str, values: tuple[str, ...], after: str, *, indent: int) -> list[str]:
    """A tuple of texts on one line, or on one line each."""
    quoted = [f'"{value}"' for value in values]
    line = f"{before}({', '.join(quoted)}{',' if len(quoted) == 1 else ''}){after}"
    if len(line) + indent <= _WIDTH:
        return [line]
    return [f"{before}(", *(f"    {value}," for value in quoted), f"){after}"]


def _indented(lines: list[str], spaces: int) -> str:
    return "\n".join(f"{' ' * spaces}{line}" for line in lines)
