"""The vocabulary in which a provider is described.

A ``ConnectorConfig`` is data: one engine (``gateway.engine``) serves every connector from it, and
each field has an effect that a simulated provider can see. Instances are frozen and check
themselves: a bad description raises one ``ConfigError`` that names every problem at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal, get_args
from urllib.parse import urlsplit

from connectors.account import AccountInfo
from connectors.context import CallbackContext, ConnectionContext
from connectors.errors import ConfigError
from connectors.secret import Secret

Category = Literal[
    "productivity", "communication", "crm", "design", "commerce", "data", "devtools", "media",
    "finance", "ai", "other",
]  # fmt: skip
AuthorizationMethod = Literal["body", "header"]
BodyFormat = Literal["form", "json"]

NAME_PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")

RESERVED_PARAMS = frozenset({
    "client_id", "client_secret", "code", "code_challenge", "code_challenge_method",
    "code_verifier", "grant_type", "redirect_uri", "refresh_token", "response_mode",
    "response_type", "scope", "state",
})  # fmt: skip
"""Parameters that only the engine sets: a connector that could set them could undo rule 1."""

OMITTABLE_AUTHORIZE_PARAMS = frozenset({"response_type"})
OMITTABLE_TOKEN_PARAMS = frozenset({"grant_type", "redirect_uri"})

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionInput:
    """One value that a person types before connecting, such as the shop of a Shopify store.

    The typed value is trimmed, lower-cased, freed of ``https://``, a trailing slash and ``suffix``,
    and must then match ``pattern`` completely.
    """

    title: str
    description: str
    example: str
    pattern: str
    suffix: str = ""

    def problems(self) -> list[str]:
        """What is wrong with this input, in words."""
        found = [f"{name} is empty" for name in ("title", "description", "example", "pattern")
                 if not getattr(self, name)]  # fmt: skip
        try:
            matches = re.fullmatch(self.pattern, self.normalise(self.example)) is not None
        except re.error as error:
            return [*found, f"pattern is not a regular expression ({error})"]
        if not matches:
            found.append("example does not match pattern")
        return found

    def normalise(self, typed: str) -> str:
        """What the person most likely meant by ``typed``: ``https://Acme.myshopify.com/`` is ``acme``."""
        value = typed.strip().lower().removeprefix("https://").rstrip("/")
        return value.removesuffix(self.suffix) if self.suffix else value


@dataclass(frozen=True, kw_only=True, slots=True)
class Revocation:
    """The shape of the request that revokes a grant (RFC 7009 is the default).

    ``auth`` says who authenticates: ``client`` (as at the token endpoint), ``none``, or
    ``access_token`` (the token itself, in ``api_headers``). ``token`` is the one that is sent;
    ``None`` when the authentication names it already.
    """

    method: Literal["POST", "DELETE"] = "POST"
    auth: Literal["client", "none", "access_token"] = "client"
    body_format: BodyFormat = "form"
    token: Literal["access_token", "refresh_token"] | None = "refresh_token"

    def problems(self) -> list[str]:
        """What is wrong with this shape, in words."""
        allowed: dict[str, tuple[object, ...]] = {
            "method": ("POST", "DELETE"),
            "auth": ("client", "none", "access_token"),
            "body_format": get_args(BodyFormat),
            "token": ("access_token", "refresh_token", None),
        }
        found = [
            f"{name} is not one of {', '.join(map(str, values))}"
            for name, values in allowed.items()
            if getattr(self, name) not in values
        ]
        if self.auth == "none" and self.token is None:
            found.append("names no token at all")
        return found


def _read_only(value: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(value))


@dataclass(frozen=True, kw_only=True)
class ConnectorConfig:
    """Everything the gateway needs to know about one provider. Field by field: docs/adding-a-connector.md."""

    name: str
    display_name: str
    category: Category
    alias: str | None = None
    docs_url: str
    console_url: str
    checked_on: date

    client_id: str
    client_secret: Secret
    authorization_url: str
    token_url: str
    revocation_url: str | None = None
    revocation: Revocation = Revocation()

    scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    scopes_sent: bool = True
    extra_authorize_params: Mapping[str, str] = field(default_factory=dict)
    extra_token_params: Mapping[str, str] = field(default_factory=dict)
    omit_authorize_params: frozenset[str] = frozenset()
    omit_token_params: frozenset[str] = frozenset()

    authorization_method: AuthorizationMethod = "body"
    body_format: BodyFormat = "form"
    token_headers: Mapping[str, str] = field(default_factory=dict)

    supports_refresh: bool
    supports_multiple_accounts: bool
    connection_config: Mapping[str, ConnectionInput] = field(default_factory=dict)
    callback_verifier: Callable[[CallbackContext], None] | None = None
    fetch_account_info: Callable[[ConnectionContext], Awaitable[AccountInfo]]

    api_base_url: str
    api_hosts: tuple[str, ...] = ()
    api_headers: Mapping[str, str] = field(
        default_factory=lambda: {"Authorization": "Bearer ${access_token}"}
    )

    def __post_init__(self) -> None:
        for name in ("extra_authorize_params", "extra_token_params", "token_headers",
                     "connection_config", "api_headers"):  # fmt: skip
            object.__setattr__(self, name, _read_only(getattr(self, name)))
        if problems := self._problems():
            raise ConfigError(f"{self.name or '(no name)'}: " + "; ".join(problems))

    def _problems(self) -> list[str]:
        found = self._presentation_problems()
        for name in ("authorization_url", "token_url", "revocation_url", "api_base_url"):
            url = getattr(self, name)
            if url is not None:
                found += [f"{name} {problem}" for problem in self._url_problems(url)]
        found += [f"revocation {problem}" for problem in self.revocation.problems()]
        found += self._scope_problems()
        found += self._parameter_problems()
        for key, value in self.connection_config.items():
            found += [f"connection_config.{key} {problem}" for problem in value.problems()]
        for host in self.api_hosts:
            if not re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", host):
                found.append(f'api_hosts: "{host}" is not a host name or "*." and a host name')
        if not any("${access_token}" in value for value in self.api_headers.values()):
            found.append("api_headers carry no ${access_token}")
        return found

    def _presentation_problems(self) -> list[str]:
        found = [f"{name} is empty" for name in ("name", "display_name", "client_id")
                 if not getattr(self, name)]  # fmt: skip
        if not self.client_secret:
            found.append("client_secret is empty")
        for name in ("name", "alias"):
            value = getattr(self, name)
            if value and not (NAME_PATTERN.fullmatch(value) and len(value) <= 64):
                found.append(f'{name} "{value}" is not kebab-case of at most 64 characters')
        for name, kind in (
            ("category", Category), ("authorization_method", AuthorizationMethod),
            ("body_format", BodyFormat),
        ):  # fmt: skip
            if getattr(self, name) not in get_args(kind):
                found.append(f"{name} is not one of {', '.join(get_args(kind))}")
        for name in ("docs_url", "console_url"):
            if not getattr(self, name).startswith("https://"):
                found.append(f"{name} is not an https URL")
        return found

    def _url_problems(self, url: str) -> list[str]:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            return ["is not a URL"]
        found = []
        # Plain http is for a server on the developer's own machine only; outbound.py still refuses
        # to call it unless GATEWAY_EGRESS_ALLOW names it.
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            found.append("is not https")
        if not parts.hostname:
            found.append("has no host")
        if "@" in parts.netloc or parts.query or parts.fragment:
            found.append("has user information, a query or a fragment (use extra_authorize_params)")
        for placeholder in PLACEHOLDER.findall(url):
            key = placeholder.removeprefix("connection_config.")
            if key == placeholder or key not in self.connection_config:
                found.append(f"has the undeclared placeholder ${{{placeholder}}}")
        # A placeholder next to other text could be closed early ("evil.com/", "a@b"): whole labels only.
        labels = parts.netloc.replace("${connection_config.", "${").split(".")
        segments = parts.path.replace("${connection_config.", "${").split("/")
        if any("${" in p and not PLACEHOLDER.fullmatch(p) for p in [*labels, *segments]):
            found.append("has a placeholder that is not a whole host label or path segment")
        if any("${" in label for label in labels[-2:]):
            found.append("has a placeholder without a domain of the provider's after it")
        return found

    def _scope_problems(self) -> list[str]:
        found = []
        if self.scopes_sent and not self.scopes:
            found.append("scopes is empty (a provider without scopes says scopes_sent=False)")
        if not self.scopes_sent and self.scopes:
            found.append("scopes are given although scopes_sent=False")
        if not self.scope_separator:
            found.append("scope_separator is empty")
        elif any(self.scope_separator in scope or " " in scope for scope in self.scopes):
            found.append("a scope holds a separator")
        if len(set(self.scopes)) != len(self.scopes):
            found.append("scopes has duplicates")
        return found

    def _parameter_problems(self) -> list[str]:
        found = []
        for name in ("extra_authorize_params", "extra_token_params"):
            if taken := sorted(RESERVED_PARAMS & getattr(self, name).keys()):
                found.append(f"{name} sets reserved {', '.join(taken)}")
        for name, allowed in (
            ("omit_authorize_params", OMITTABLE_AUTHORIZE_PARAMS),
            ("omit_token_params", OMITTABLE_TOKEN_PARAMS),
        ):
            if wrong := sorted(getattr(self, name) - allowed):
                found.append(
                    f"{name} may not omit {', '.join(wrong)} (only {', '.join(sorted(allowed))})"
                )
        for name in ("token_headers", "api_headers"):
            for key, value in getattr(self, name).items():
                if not re.fullmatch(r"[A-Za-z0-9-]+", key) or not re.fullmatch(r"[ -~]+", value):
                    found.append(f'{name} "{key}" is not a valid header')
        if any(key.lower() in {"authorization", "content-type"} for key in self.token_headers):
            found.append(
                "token_headers set Authorization or Content-Type (use the fields for them)"
            )
        return found


FIELD_NAMES = tuple(f.name for f in dataclasses.fields(ConnectorConfig))
"""Every field, for the documentation test and the validator."""
