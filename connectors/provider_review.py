"""Check a simulated provider's description before it is used for the first time.

``connectors.provider`` imports this module, so a description is ``Any`` here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.hosts import HOST_LIST, tenants_of
from connectors.kinds import kind_problems
from connectors.provider_keys import VALUE, key_rule_problems

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?:\{tenant\}|[a-z0-9_-]+)(?:\.[a-z0-9_-]+)+")
_CREDENTIALS = frozenset({"client_id", "client_secret"})


def problems_of(provider: Any) -> list[str]:
    """List every problem of a ``SimulatedProvider``, each beginning with its field."""
    if wrong := kind_problems(provider):
        return wrong  # the other rules would stumble over it
    return [
        *_identity(provider),
        *_addresses(provider),
        *_authorize(provider),
        *_token(provider),
        *_grant(provider),
        *_long_lived(provider),
        *_revoke(provider),
        *_headers(provider),
        *_api(provider),
        *_token_header(provider),
        *(() if provider.keys is None else key_rule_problems(provider)),
    ]


def key_provider_problems(provider: Any) -> list[str]:
    """List every problem of a ``SimulatedKeyProvider``, each beginning with its field."""
    if wrong := kind_problems(provider):
        return wrong
    found = [*_names(provider), *_addresses(provider), *_api(provider)]
    found += _required_headers(
        {f"api[{n}]": r.required_headers for n, r in enumerate(provider.api)}
    )
    found += [] if provider.display_name else ["display_name is empty"]
    found += [] if provider.keys.refusal else ["keys.refusal is missing"]
    return [*found, *key_rule_problems(provider)]


def _names(provider: Any) -> Iterator[str]:
    if not (_NAME.fullmatch(provider.name) and len(provider.name) <= 64):
        yield f'name "{provider.name}" is not kebab-case of at most 64 characters'


def _identity(provider: Any) -> Iterator[str]:
    yield from _names(provider)
    is_public = provider.token.client_auth == "public"
    for name in ("display_name", "client_id", *(() if is_public else ("client_secret",))):
        if not getattr(provider, name):
            yield f"{name} is empty"
    if is_public and provider.client_secret:
        yield "client_secret is given, and a public client has none"
    if not provider.accounts:
        yield "accounts is empty: there is no account to connect"
    count = Counter(account.key for account in provider.accounts)
    if twice := sorted(key for key, times in count.items() if times > 1):
        yield f"accounts have the key {', '.join(twice)} more than once"
    if not all(account.key and account.label for account in provider.accounts):
        yield "accounts have an empty key or label"


def _addresses(provider: Any) -> Iterator[str]:
    for field, address in provider.addresses():
        for problem in _address(_filled(provider, address), is_api=field.startswith("api[")):
            yield f'{field} "{address}" {problem}'


def _filled(provider: Any, address: str) -> str:
    """The address with a text for each key, which a path may hold."""
    host, slash, path = address.partition("/")
    if provider.keys is not None:
        path = VALUE.sub(lambda name: name[0] if name[1] == "tenant" else "x", path)
    return f"{host}{slash}{path}"


def _address(address: str, *, is_api: bool) -> Iterator[str]:
    """Problems of host and path, which end a sentence."""
    if "://" in address:
        yield "has a scheme (write host and path alone)"
        return
    host, slash, path = address.partition("/")
    for _, one in tenants_of(host):
        if not _HOST.fullmatch(one.removeprefix("*.")):
            yield f'has "{one}", which is no host of a tenant'
    if HOST_LIST.fullmatch(host):
        host, address = "x.x", f"x.x{slash}{path}"
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


def _authorize(provider: Any) -> Iterator[str]:
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
    if len(rules.known_scopes) == 1 and rules.scope_separator not in {" ", None}:
        yield "authorize.scope_separator has no effect: there is one scope"
    known = rules.params | rules.required.keys()
    if unknown := sorted(rules.account_choice.keys() - known):
        yield f"authorize.account_choice has {', '.join(unknown)}, which params does not"
    for name, fact in rules.callback.items():
        if not all(isinstance(a.facts.get(fact), str) for a in provider.accounts):
            yield f'authorize.callback "{name}" is "{fact}", which is no text of every account'
    if rules.issuer_advertised and rules.issuer is None:
        yield "authorize.issuer_advertised has no issuer"


def _token(provider: Any) -> Iterator[str]:
    rules = provider.token
    if "code" not in rules.exchange_params:
        yield 'token.exchange_params has no "code"'
    if provider.grant.rotation == "never":
        if rules.refresh_params:
            yield 'token.refresh_params are given although grant.rotation is "never"'
    elif provider.long_lived is None and "refresh_token" not in rules.refresh_params:
        yield 'token.refresh_params has no "refresh_token"'
    for name in ("exchange_params", "refresh_params"):
        params = getattr(rules, name)
        if both := sorted(param for param in params if f"{param}?" in params):
            yield f"token.{name} has {', '.join(both)} with and without a ?"
        if rules.client_auth in {"post", "public"} and (taken := sorted(_CREDENTIALS & params)):
            yield f"token.{name} has {', '.join(taken)}, which client_auth says already"
    if rules.refresh_query and provider.grant.rotation == "never":
        yield 'token.refresh_query has no effect: grant.rotation is "never"'
    for place in ("authorize", "token"):
        if "state" in getattr(provider, place).names.values():
            yield f"{place}.names renames state, which every provider returns as it is"
    if rules.code_seconds <= 0:
        yield "token.code_seconds is not more than 0"


def _grant(provider: Any) -> Iterator[str]:
    rules = provider.grant
    if rules.rotation == "replay" and rules.grace_seconds <= 0:
        yield 'grant.grace_seconds is missing: rotation "replay" needs it'
    if rules.rotation != "replay" and rules.grace_seconds != 0:
        yield f'grant.grace_seconds is given although rotation is "{rules.rotation}", not "replay"'
    if rules.rotation == "never" and rules.ends_access_token:
        yield 'grant.ends_access_token has no effect: rotation is "never"'
    if rules.refresh_from_seconds is not None and rules.rotation == "never":
        yield 'grant.refresh_from_seconds has no effect: rotation is "never"'
    for name in ("access_token_prefix", "refresh_token_prefix"):
        if not getattr(rules, name):
            yield f"grant.{name} is empty"


def _long_lived(provider: Any) -> Iterator[str]:
    rules, grant = provider.long_lived, provider.grant
    if grant.extends is not None and grant.rotation != "none":
        yield f'grant.extends does not go with rotation "{grant.rotation}", only with "none"'
    if grant.ends_access_token and (rules or grant.extends is not None):
        yield "grant.ends_access_token has no effect: the token itself lives on"
    if rules is None:
        return
    if grant.rotation != "kept":
        yield 'long_lived needs grant.rotation "kept": a renewed token goes on working'
    for name in ("exchange_params", "renew_params"):
        if "{access_token}" not in getattr(rules, name).values():
            yield f"long_lived.{name} has no {{access_token}}"
    if provider.token.refresh_params:
        yield "token.refresh_params are given, and a long_lived token renews itself"


def _revoke(provider: Any) -> Iterator[str]:
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
    if rules.token_param != "token" and (rules.token != "body" or not rules.token_param):
        yield 'revoke.token_param is empty, or given although token is not "body"'
    if rules.token == "account" and rules.reach != "account":
        yield 'revoke.reach must be "account": the request names an account and no grant'
    if rules.token == "api_header" and (rules.client_auth != "none" or rules.params):
        yield 'revoke.token "api_header" takes no client_auth and no params besides'
    if rules.token == "api_header" and rules.body_format != "form":
        yield 'revoke.body_format has no effect: token is "api_header"'
    if provider.grant.shared and rules.reach != "grant":
        yield "revoke.reach has no effect: grant.shared makes one grant of all"


def _headers(provider: Any) -> Iterator[str]:
    found = {"token": provider.token.required_headers}
    if provider.revoke is not None:
        found["revoke"] = provider.revoke.required_headers
    found |= {f"api[{n}]": rules.required_headers for n, rules in enumerate(provider.api)}
    yield from _required_headers(found)


def _required_headers(found: Mapping[str, Any]) -> Iterator[str]:
    for place, headers in found.items():
        for name, accepted in headers.items():
            if name != name.lower():
                yield f'{place}.required_headers "{name}" is not in lower case'
            if not accepted:
                yield f'{place}.required_headers "{name}" has no value that is accepted'


def _api(provider: Any) -> Iterator[str]:
    if not provider.api:
        yield "api is empty: a token would open nothing"
    base = _filled(provider, f"{provider.api_base}/")
    for problem in _address(base, is_api=True) if provider.api_base else ():
        yield f'api_base "{provider.api_base}" {problem}'
    if provider.api_base and not any(a.address.startswith(provider.api_base) for a in provider.api):
        yield f'api_base "{provider.api_base}" is before no address of api'
    for host in sorted(provider.api_hosts):
        if not (_HOST.fullmatch(host.removeprefix("*.")) or HOST_LIST.fullmatch(host)):
            yield (
                f'api_hosts "{host}" is no host name '
                '(without https://, path and *, but "*." in front)'
            )
    hosts = {rules.address.partition("/")[0] for rules in provider.api}
    for host in sorted(hosts):
        below = any(p.startswith("*.") and host.endswith(p[1:]) for p in provider.api_hosts)
        if host not in provider.api_hosts and not below:
            yield f"api_hosts does not cover {host}, a host of api"


def _token_header(provider: Any) -> Iterator[str]:
    header = provider.api_auth[0]
    if not header or header != header.lower():
        yield f'api_auth "{header}" is no header in lower case'
