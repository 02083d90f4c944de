"""Check the ``KeyMethod`` of a connector before it is used for the first time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.inputs import INPUT_NAME, is_below
from connectors.key_method import KeyMethod, TokenRequest, Verify
from connectors.placeholders import BASIC, PLACEHOLDER

_HEADER = re.compile(r"[A-Za-z0-9_-]+")
_PATH = re.compile(r"[^.\s]+(?:\.[^.\s]+)*")
_OWN_FIELDS = {"host", "content-length", "content-type", "transfer-encoding"}
_TAKEN = {"access_token", "metadata", "connection_config"}


def key_problems(key: KeyMethod, base_url: str, api_hosts: Iterable[str]) -> Iterator[str]:
    """Describe each mistake of a ``KeyMethod`` whose connector has this API."""
    yield from _inputs(key)
    api = [*_templates(key, "api_")]
    texts = [text for _, text in api] + [base_url]
    if key.token is not None:
        texts += [key.token.url, *(text for _, text in _templates(key.token))]
        if not any("access_token" in _names(text) for _, text in api):
            yield "api_headers and the other places carry no ${access_token}"
    used = {input_of(name)[0] for text in texts for name in _names(text)}
    if unused := sorted(n for n, each in key.inputs.items() if each.secret and n not in used):
        yield f"inputs: {', '.join(unused)} is secret and goes nowhere"
    yield from _placeholders("", api, key, with_token=key.token is not None)
    yield from _headers("api_", key.api_headers, key.api_basic)
    yield from (f"api_base_url {problem}" for problem in _url(base_url, key))
    for name, asked in (("verify", key.verify), ("token", key.token)):
        if asked is not None:
            yield from (f"{name}.{problem}" for problem in _asked(asked, key))
    if key.verify is not None:
        yield from _host("verify.url", key.verify.url, base_url, api_hosts)
        if key.verify.method == "GET" and (key.verify.json is not None or key.api_body):
            yield "verify sends a body by something else than POST"
    if key.account is not None:
        yield from (f"account {problem}" for problem in key.account.problems())
        if key.account.url is not None:
            yield from (f"account.url {problem}" for problem in _url(key.account.url, key))
            yield from _host("account.url", key.account.url, base_url, api_hosts)
        if key.account.introspect:
            yield "account introspects, which needs OAuth 2"
        if key.account.url is None and key.verify is None:
            yield "account has no url, and there is no verify whose answer it could read"


def _inputs(key: KeyMethod) -> Iterator[str]:
    if not any(each.secret for each in key.inputs.values()):
        yield "inputs has none that is secret"
    for name, each in key.inputs.items():
        if not INPUT_NAME.fullmatch(name) or name in _TAKEN:
            yield f'inputs "{name}" is not a plain name in lower case, or is taken'
        yield from (f"inputs.{name} {problem}" for problem in each.problems())


def _templates(source: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text that goes out, after its field."""
    for field in ("headers", "query", "body"):
        for name, text in getattr(source, prefix + field, {}).items():
            yield f'{prefix}{field} "{name}"', text
    for text in getattr(source, f"{prefix}basic", None) or ():
        yield f"{prefix}basic", text


def _placeholders(
    path: str, templates: Iterable[tuple[str, str]], key: KeyMethod, *, with_token: bool
) -> Iterator[str]:
    for field, text in templates:
        for name in _names(text):
            if not _is_declared(key, name) and not (with_token and name == "access_token"):
                yield f"{path}{field} has the undeclared placeholder ${{{name}}}"
        if "${" in PLACEHOLDER.sub("", text):
            yield f"{path}{field} has a placeholder without an end"


def _names(text: str) -> Iterator[str]:
    """The placeholders of a text, and the names inside ``${basic(a:b)}``."""
    for placeholder in PLACEHOLDER.findall(text):
        basic = BASIC.fullmatch(placeholder)
        yield from filter(None, basic.groups()) if basic else [placeholder]


def _is_declared(key: KeyMethod, placeholder: str) -> bool:
    name, dot, member = input_of(placeholder)
    if (declared := key.inputs.get(name)) is None:
        return False
    choices = declared.choices.values()
    return not dot or (bool(choices) and all(member in values for values in choices))


def input_of(placeholder: str) -> tuple[str, str, str]:
    """Return the input that a placeholder names, a dot, and the named value of its choice.

    ``${connection_config.x}`` is ``${x}``: OAuth and a key may share ``api_base_url``.
    """
    return placeholder.removeprefix("connection_config.").partition(".")


def _headers(path: str, headers: Mapping[str, str], basic: tuple[str, str] | None) -> Iterator[str]:
    for name, text in headers.items():
        if not _HEADER.fullmatch(name) or not re.fullmatch(r"[ -~]+", text):
            yield f'{path}headers "{name}" is not a valid header'
        if name.lower() in _OWN_FIELDS:
            yield f'{path}headers "{name}" is set by the gateway itself'
    if basic is not None and any(name.lower() == "authorization" for name in headers):
        yield f"{path}headers and {path}basic both set Authorization"
    if basic is not None and ":" in PLACEHOLDER.sub("", basic[0]):
        yield f"{path}basic has a user with a colon (RFC 7617 2)"


def _asked(asked: Verify | TokenRequest, key: KeyMethod) -> Iterator[str]:
    yield from (f"url {problem}" for problem in _url(asked.url, key))
    yield from _placeholders("", _templates(asked), key, with_token=isinstance(asked, Verify))
    yield from _headers("", asked.headers, getattr(asked, "basic", None))
    if any(not 400 <= status < 500 or status in (408, 429) for status in asked.refused_statuses):
        yield "refused_statuses holds one that is no refusal (400 to 499, not 408 or 429)"
    if not asked.refused_statuses and not asked.refused_codes:
        yield "refused_statuses and refused_codes are empty: no key would ever be refused"
    paths = {name: getattr(asked, name, None) for name in ("code_path", "token_path")}
    paths |= {name: getattr(asked, name, None) for name in ("expires_in_path", "expires_at_path")}
    for name, path in paths.items():
        if path is not None and not _PATH.fullmatch(path):
            yield f'{name} "{path}" is not a dot path'
    if isinstance(asked, TokenRequest):
        if asked.method == "GET" and asked.body:
            yield "body is sent by something else than POST"
        if asked.lifetime_seconds is not None and asked.lifetime_seconds <= 0:
            yield "lifetime_seconds is not more than 0"


def _host(field: str, url: str, base_url: str, api_hosts: Iterable[str]) -> Iterator[str]:
    host = urlsplit(url).netloc
    if host != urlsplit(base_url).netloc and not is_below(host, tuple(api_hosts)):
        yield f"{field} has a host that neither api_base_url nor api_hosts names"


def _url(url: str, key: KeyMethod) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme != "https":
        yield "is not https"
    if not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
        yield "has no host, or has user information, a query or a fragment"
    for name in PLACEHOLDER.findall(url):
        if not _is_declared(key, name):
            yield f"has the undeclared placeholder ${{{name}}}"
    labels = PLACEHOLDER.sub("${}", parts.netloc).split(".")
    if any("${" in label and label != "${}" for label in labels):
        yield "has a placeholder that is not a whole host label"
    for name in PLACEHOLDER.findall(parts.netloc):
        declared = key.inputs.get(input_of(name)[0])
        if declared is not None and declared.secret:
            yield f"has the secret ${{{name}}} in its host"
        is_closed = declared is not None and (declared.choices or declared.hosts)
        if not is_closed and any("${" in label for label in labels[-2:]):
            yield "has a placeholder without a domain of the provider's after it"
