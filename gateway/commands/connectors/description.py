"""What is said about a connector before it is written: as options, or as answers on a terminal.

The rules are the connector's own (``connectors.review``): a description that would not load later
is refused now, and what was not said takes ``FILL_IN``, which the rules name until it is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, get_args

from connectors.account import account_lookup
from connectors.config import AuthorizationMethod, BodyFormat, Category, ConnectorConfig
from connectors.config_types import ConnectionInput
from connectors.errors import ConfigError
from connectors.secret import Secret

FILL_IN = "fill-in"
CATEGORIES: tuple[str, ...] = get_args(Category)
AUTHENTICATION: tuple[str, ...] = get_args(AuthorizationMethod)
BODIES: tuple[str, ...] = get_args(BodyFormat)

_URLS = ("authorization_url", "token_url", "docs_url", "console_url", "api_base_url")
_WITH_INPUTS = ("authorization_url", "token_url", "api_base_url")
_INPUT = re.compile(r"\$\{connection_config\.([a-z][a-z0-9_]*)\}")
"""What stands in a URL for something that a person types."""
_LABEL = r"[a-z0-9][a-z0-9-]{0,62}"
_UNFIT = re.compile(r'["\\$\x00-\x1f\x7f]')
"""Characters that would end a string of the written files, or mean something else in them."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """A connector to be written. ``refresh`` says whether the provider issues refresh tokens."""

    name: str
    display_name: str = ""
    category: str = FILL_IN
    docs_url: str = FILL_IN
    console_url: str = FILL_IN
    authorization_url: str = FILL_IN
    token_url: str = FILL_IN
    api_base_url: str = FILL_IN
    scopes: tuple[str, ...] = (FILL_IN,)
    auth: str = "body"
    body: str = "form"
    refresh: bool = True

    @property
    def title(self) -> str:
        """The display name; made from the name where none was given."""
        return self.display_name or self.name.replace("-", " ").title()

    @property
    def inputs(self) -> dict[str, ConnectionInput]:
        """What people have to type, by the names in the URLs: to be filled in."""
        found: dict[str, ConnectionInput] = {}
        for url in (getattr(self, name) for name in _WITH_INPUTS):
            for match in _INPUT.finditer(url):
                # Of "https://${…}.acme.example/", people may type the rest of the host, too.
                before, after = url[: match.start()], url[match.end() :].partition("/")[0]
                is_label = before == "https://" and _INPUT.search(after) is None
                found.setdefault(
                    match[1],
                    ConnectionInput(
                        title=FILL_IN,
                        description=FILL_IN,
                        example=FILL_IN,
                        pattern=_LABEL,
                        suffix=after if is_label else "",
                    ),
                )
        return found

    @property
    def stem(self) -> str:
        """The name as part of a Python name: ``acme_crm``."""
        return self.name.replace("-", "_")

    def problem(self) -> str | None:
        """What is wrong with what was said, in words; ``None`` if nothing is."""
        for field, value in asdict(self).items():
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str) and field in _WITH_INPUTS:
                    text = _INPUT.sub("", text)
                if isinstance(text, str) and _UNFIT.search(text):
                    return f"{self.name}: {field} holds a quote, a backslash, a $ or a control character"
        described: dict[str, Any] = {
            "category": CATEGORIES[0] if self.category == FILL_IN else self.category,
            "authorization_method": self.auth,
            "body_format": self.body,
        } | {
            url: "https://fill-in.example" if getattr(self, url) == FILL_IN else getattr(self, url)
            for url in _URLS
        }
        try:
            ConnectorConfig(
                name=self.name,
                display_name=self.title,
                checked_on=date.min,
                client_id="made-up",
                client_secret=Secret("made-up"),
                scopes=self.scopes,
                supports_refresh=self.refresh,
                supports_multiple_accounts=True,
                connection_config=self.inputs,
                fetch_account_info=account_lookup(id="id", label="label"),
                **described,
            )
        except ConfigError as error:
            return str(error)
        return None


def read_scopes(text: str) -> tuple[str, ...]:
    """The scopes in ``a,b``."""
    return tuple(filter(None, (scope.strip() for scope in text.split(","))))


_QUESTIONS: tuple[tuple[str, str], ...] = (
    ("display_name", "Display name"),
    ("category", f"Category ({', '.join(CATEGORIES)})"),
    ("docs_url", "Address of the provider's OAuth documentation"),
    ("console_url", "Address where an app is registered"),
    ("authorization_url", "Authorization URL"),
    ("token_url", "Token URL"),
    ("api_base_url", "Base URL of the API"),
    ("scopes", "Default scopes, separated by commas"),
    ("auth", f"Client authentication ({', '.join(AUTHENTICATION)})"),
    ("body", f"Body of token requests ({', '.join(BODIES)})"),
    ("refresh", "Are there refresh tokens? (yes, no)"),
)


def ask(
    description: Description,
    given: frozenset[str],
    answer: Callable[[str], str] = input,
    say: Callable[[str], None] = print,
) -> Description:
    """``description`` with answers to everything that is not ``given``; no answer leaves it as it is.

    ``answer`` puts a question and returns what is typed. A wrong answer is asked for again.
    """
    for field, question in _QUESTIONS:
        while field not in given:
            typed = answer(f"{question} [{_shown(description, field)}]: ").strip()
            if not typed:
                break
            if field == "refresh" and typed.lower() not in {"yes", "y", "no", "n"}:
                say("  yes or no")
                continue
            changed = replace(description, **{field: _read(field, typed)})
            problem = changed.problem()
            if problem is None:
                description = changed
                break
            say(f"  {problem.removeprefix(f'{description.name}: ')}")
    return description


def _shown(description: Description, field: str) -> str:
    value = description.title if field == "display_name" else getattr(description, field)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _read(field: str, typed: str) -> Any:
    if field == "scopes":
        return read_scopes(typed)
    return typed.lower().startswith("y") if field == "refresh" else typed
