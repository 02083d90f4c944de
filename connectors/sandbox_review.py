"""What is wrong with a simulated provider's description, in words, before anybody asks it anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from connectors.sandbox import SimulatedProvider

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?:\{tenant\}|[a-z0-9_-]+)(?:\.[a-z0-9_-]+)+")
_CREDENTIALS = frozenset({"client_id", "client_secret"})


def problems_of(provider: SimulatedProvider) -> list[str]:
    """Every problem of a description, each beginning with its field; empty if there is none."""
    if wrong := list(_parts_kinds(provider, "")):
        return wrong  # the other rules would stumble over it
    return [
        *_identity(provider),
        *_addresses(provider),
        *_authorize(provider),
        *_token(provider),
        *_grant(provider),
        *_revoke(provider),
        *_headers(provider),
        *_api(provider),
    ]


def _parts_kinds(value: Any, path: str) -> Iterator[str]:
    """Fields of another kind than declared: ``params="prompt"`` would be six parameters."""
    hints = get_type_hints(type(value))
    for field in fields(value):
        name = f"{path}.{field.name}" if path else field.name
        yield from _kinds(getattr(value, field.name), hints[field.name], name)


def _kinds(value: Any, hint: Any, path: str) -> Iterator[str]:
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if hint is Any:
        return
    if kind is Literal:
        if value not in inner:
            yield f"{path} is not one of {', '.join(map(str, inner))}"
    elif kind in (Union, UnionType):
        if value is not None or NoneType not in inner:
            (declared,) = (member for member in inner if member is not NoneType)
            yield from _kinds(value, declared, path)
    elif isinstance(kind, type) and is_dataclass(kind):
        if isinstance(value, kind):
            yield from _parts_kinds(value, path)
        else:
            yield f"{path} is not of the type {kind.__name__}"
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{path} is not {_WORDS[kind]}"
    elif kind is tuple and inner[-1] is not ...:
        if len(value) != len(inner):
            yield f"{path} has not exactly {len(inner)} elements"
        else:
            yield from _all_kinds(zip(value, inner, strict=True), path)
    elif kind in (tuple, frozenset):
        items = sorted(value, key=str) if kind is frozenset else value
        yield from _all_kinds(((item, inner[0]) for item in items), path)
    elif kind is Mapping:
        for key, item in value.items():
            yield from _kinds(key, inner[0], f"a name in {path}")
            yield from _kinds(item, inner[1], f'{path} "{key}"')


def _all_kinds(items: Iterable[tuple[Any, Any]], path: str) -> Iterator[str]:
    for number, (item, hint) in enumerate(items):
        place = (
            f"{path}[{number}]" if is_dataclass(get_origin(hint) or hint) else f"{path} {item!r}"
        )
        yield from _kinds(item, hint, place)


_WORDS: Mapping[Any, str] = {
    str: "a string",
    int: "a whole number",
    bool: "True or False",
    tuple: "a tuple (one element needs a comma: (x,))",
    frozenset: "a frozenset (frozenset({x}), and no string)",
    Mapping: "a mapping",
    get_origin(Callable[[], None]): "a function",
}


def _identity(provider: SimulatedProvider) -> Iterator[str]:
    if not (_NAME.fullmatch(provider.name) and len(provider.name) <= 64):
        yield f'name "{provider.name}" is not kebab-case of at most 64 characters'
    for name in ("display_name", "client_id", "client_secret"):
        if not getattr(provider, name):
            yield f"{name} is empty"
    if not provider.accounts:
        yield "accounts is empty: nobody could connect"
    count = Counter(account.key for account in provider.accounts)
    if twice := sorted(key for key, times in count.items() if times > 1):
        yield f"accounts have the key {', '.join(twice)} more than once"
    if not all(account.key and account.label for account in provider.accounts):
        yield "accounts have an empty key or label"


def _addresses(provider: SimulatedProvider) -> Iterator[str]:
    for field, address in provider.addresses():
        for problem in _address(address, is_api=field.startswith("api[")):
            yield f'{field} "{address}" {problem}'


def _address(address: str, *, is_api: bool) -> Iterator[str]:
    """Problems of host and path, which end a sentence."""
    if "://" in address:
        yield "has a scheme (write host and path alone)"
        return
    host, slash, path = address.partition("/")
    for placeholder in sorted(set(re.findall(r"\{[^{}]*\}", address)) - {"{tenant}"}):
        yield f"has {placeholder} (the only placeholder is {{tenant}})"
    if address.count("{tenant}") > 1:
        yield "has {tenant} more than once"
    parts = [*host.split("."), *path.split("/")]
    if any("{tenant}" in part and part != "{tenant}" for part in parts):
        yield "has a {tenant} that is not a whole host label or path segment"
    if not slash:
        yield "has no path"
    if re.search(r"[?#\s]", address):
        yield "has a query, a fragment or a space"
    if "*" in (address[:-1] if is_api else address):
        yield "has a * (only an API's path may end with one)"
    if not _HOST.fullmatch(re.sub(r"\{[^{}]*\}", "x", host)):
        yield "has a host that is no host name in lower case"


def _authorize(provider: SimulatedProvider) -> Iterator[str]:
    rules = provider.authorize
    for name, found in (("params", rules.params), ("required", rules.required.keys())):
        if marked := sorted(param for param in found if param.endswith("?")):
            yield (
                f"authorize.{name} has {', '.join(marked)}: the ? is for exchange_params and "
                "refresh_params (what is in params may be absent, what is in required may not)"
            )
    if not rules.scope_param:
        yield "authorize.scope_param is empty"
    separators = rules.scope_separator or ""
    if holding := sorted(s for s in rules.known_scopes if any(c in s for c in separators)):
        yield f"authorize.known_scopes has {', '.join(map(repr, holding))} with a separator in it"
    known = rules.params | rules.required.keys()
    if unknown := sorted(rules.account_choice.keys() - known):
        yield f"authorize.account_choice has {', '.join(unknown)}, which params does not"
    if rules.issuer_advertised and rules.issuer is None:
        yield "authorize.issuer_advertised has no issuer"


def _token(provider: SimulatedProvider) -> Iterator[str]:
    rules = provider.token
    if "code" not in rules.exchange_params:
        yield 'token.exchange_params has no "code"'
    if rules.refresh_params and "refresh_token" not in rules.refresh_params:
        yield 'token.refresh_params has no "refresh_token"'
    for name in ("exchange_params", "refresh_params"):
        params = getattr(rules, name)
        if both := sorted(param for param in params if f"{param}?" in params):
            yield f"token.{name} has {', '.join(both)} with and without a ?"
        if rules.client_auth == "post" and (taken := sorted(_CREDENTIALS & params)):
            yield f"token.{name} has {', '.join(taken)}, which client_auth says already"
    if rules.code_seconds <= 0:
        yield "token.code_seconds is not more than 0"


def _grant(provider: SimulatedProvider) -> Iterator[str]:
    rules = provider.grant
    if rules.rotation == "replay" and rules.grace_seconds <= 0:
        yield 'grant.grace_seconds is missing: rotation "replay" needs it'
    if rules.rotation != "replay" and rules.grace_seconds != 0:
        yield f'grant.grace_seconds is given although rotation is "{rules.rotation}", not "replay"'
    for name in ("access_token_prefix", "refresh_token_prefix"):
        if not getattr(rules, name):
            yield f"grant.{name} is empty"


def _revoke(provider: SimulatedProvider) -> Iterator[str]:
    rules = provider.revoke
    if rules is None:
        return
    if not rules.accepts:
        yield "revoke.accepts is empty"
    if (rules.token == "account") != bool(rules.account_param):
        yield 'revoke.account_param goes with token "account", and only with that'
    elif rules.token == "account" and not any(
        rules.account_param in account.facts for account in provider.accounts
    ):
        yield f'revoke.account_param "{rules.account_param}" is a fact of no account'
    if rules.token == "api_header" and (rules.client_auth != "none" or rules.params):
        yield 'revoke.token "api_header" takes no client_auth and no params besides'


def _headers(provider: SimulatedProvider) -> Iterator[str]:
    found = {"token": provider.token.required_headers}
    if provider.revoke is not None:
        found["revoke"] = provider.revoke.required_headers
    found |= {f"api[{n}]": rules.required_headers for n, rules in enumerate(provider.api)}
    for place, headers in found.items():
        for name, accepted in headers.items():
            if name != name.lower():
                yield f'{place}.required_headers "{name}" is not in lower case'
            if not accepted:
                yield f'{place}.required_headers "{name}" has no value that is accepted'


def _api(provider: SimulatedProvider) -> Iterator[str]:
    if not provider.api:
        yield "api is empty: a token would open nothing"
    header = provider.api_auth[0]
    if not header or header != header.lower():
        yield f'api_auth "{header}" is no header in lower case'
    for host in sorted(provider.api_hosts):
        if not _HOST.fullmatch(host.removeprefix("*.")):
            yield f'api_hosts "{host}" is no host name (without https://, path and *, but "*." in front)'
    hosts = {rules.address.partition("/")[0] for rules in provider.api}
    for host in sorted(hosts):
        below = any(p.startswith("*.") and host.endswith(p[1:]) for p in provider.api_hosts)
        if host not in provider.api_hosts and not below:
            yield f"api_hosts does not cover {host}, a host of api"
