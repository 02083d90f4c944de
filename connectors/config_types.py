"""The small types of a connector's description: revocation, hidden failures, sets of scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

BodyFormat = Literal["form", "json"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Revocation:
    """The shape of the request that revokes a grant (RFC 7009 is the default).

    ``auth`` says who authenticates: ``client`` (as at the token endpoint), ``client_body`` or
    ``client_header`` (in the body or as Basic, unlike at the token endpoint), ``client_secret``
    (the secret alone: ``Authorization: Client …``), ``none``, or ``access_token`` (the token
    itself, in ``api_headers``). ``token`` is the one that is sent, as ``token_param``;
    ``None`` when the authentication or ``params`` name the grant already. ``params`` are further
    parameters, which may hold ``${client_id}``, ``${connection_config.x}`` and ``${metadata.x}``.
    """

    method: Literal["POST", "DELETE"] = "POST"
    auth: Literal[
        "client", "client_body", "client_header", "client_secret", "none", "access_token"
    ] = "client"
    body_format: BodyFormat = "form"
    token: Literal["access_token", "refresh_token"] | None = "refresh_token"
    token_param: str = "token"
    params: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    def problems(self) -> list[str]:
        """Describe each mistake of this shape."""
        found = []
        if self.auth != "access_token" and self.token is None and not self.params:
            found.append("names no token at all")
        if self.auth == "access_token" and self.token is None and not self.params:
            if self.body_format != "form":
                found.append("has a body_format and no body")
        if self.token_param != "token" and (self.token is None or not self.token_param):
            found.append("has a token_param that is empty or names no token")
        if taken := sorted({self.token_param, "client_secret"} & self.params.keys()):
            found.append(f"params sets {', '.join(taken)} (use the fields for them)")
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class LongLived:
    """An access token that is exchanged for a long-lived one, which then renews itself.

    The exchange follows the exchange of the code; a renewal is in place of a refresh. Both are GET
    requests. Their parameters may hold ``${access_token}`` (the token that is given away),
    ``${client_id}`` and ``${client_secret}``.
    """

    exchange_url: str
    exchange_params: Mapping[str, str]
    renew_url: str
    renew_params: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in ("exchange_params", "renew_params"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def problems(self) -> list[str]:
        """Describe each mistake of this shape."""
        found = []
        for name in ("exchange", "renew"):
            url, params = getattr(self, f"{name}_url"), getattr(self, f"{name}_params")
            if not url.startswith("https://") or set("?#@$ ") & {*url}:
                found.append(f"{name}_url is not an https URL without query and placeholders")
            if "${access_token}" not in params.values():
                found.append(f"{name}_params carry no ${{access_token}}")
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorInSuccess:
    """How a failure shows inside HTTP 200.

    With ``flag``, a dot path, an answer is a success only if the value there equals ``ok``; without
    one, it is a failure if ``code`` is there. ``code`` is the dot path of the error code.
    """

    flag: str | None = None
    ok: bool | int | str = True
    code: str = "error"

    def problems(self) -> list[str]:
        """Describe each mistake of this shape."""
        return [f"{name} is empty" for name in ("flag", "code") if getattr(self, name) == ""]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopeSet:
    """Optional scopes that a tool may ask for together; ``title`` and ``sentence`` tell people."""

    title: str
    sentence: str
    scopes: tuple[str, ...]
