"""Check a connector's description before it is used for the first time.

``connectors.config`` imports this module, so a description is ``Any`` here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from connectors.account import PATH, AccountLookup
from connectors.inputs import INPUT_NAME
from connectors.key_review import key_problems
from connectors.kinds import kind_and_choice_problems
from connectors.placeholders import PLACEHOLDER, expanded, undeclared

NAME_PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

RESERVED_PARAMS = frozenset(
    {
        "client_id",
        "client_secret",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "grant_type",
        "redirect_uri",
        "refresh_token",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)
"""Parameters that only the engine sets: a connector that could set them could undo rule 1."""

OVERRIDES = ("exchange_code", "refresh_tokens", "revoke_token")
"""Functions in place of one step, the last resort."""

RENAMABLE_PARAMS = frozenset({"client_id", "client_secret", "code", "redirect_uri"})
"""Standard parameters that some providers call something else."""

_PARAM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")

OMITTABLE_AUTHORIZE_PARAMS = frozenset({"response_type"})
OMITTABLE_TOKEN_PARAMS = frozenset({"grant_type", "redirect_uri"})
OMITTABLE_REFRESH_PARAMS = frozenset({"grant_type"})

TOKEN_MEMBERS = frozenset({"refresh_token", "expires_in", "expires_at", "token_type"})
"""Members of a token answer that may stand at another place than beside the access token."""

KNOWN_ERRORS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "temporarily_unavailable",
        "slow_down",
    }
)
"""Codes of RFC 6749 (and RFC 8628's ``slow_down``) that a provider's own codes may stand for."""

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SCOPE = re.compile(r"[!#-+\--\[\]-~]+")
"""A scope of RFC 6749 3.3, without the comma: it separates scopes in many answers."""
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
"""RFC 3986 2: reserved, unreserved and percent-encoded characters."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""A token of RFC 9110 5.6.2."""
_CREDENTIAL = re.compile(r"\$\{(?:basic\([^)]*)?\baccess_token\b")
_ISSUER = re.compile(r"https://[^\s/?#@]+(?:/[^\s?#]*)?")
_URLS_BEFORE = ("authorization_url", "token_url", "refresh_url", "introspection_url")
"""Called before anything is known about the account."""
_URLS_AFTER = ("revocation_url", "api_base_url")
_PARAMETERS = (
    "extra_authorize_params",
    "extra_token_params",
    "extra_refresh_params",
    "token_query",
    "refresh_query",
)
_CONSTANTS = (*_PARAMETERS, "token_headers")
"""May hold what a person typed and, at the token endpoint, what the callback told."""
_OF_A_REFRESH = (
    "refresh_url",
    "refresh_query",
    "extra_refresh_params",
    "omit_refresh_params",
    "refresh_extends",
    "refresh_tokens",
)
"""What has no effect where another request is in place of the refresh."""
_CHECKED_APART = {"issuer", "api_headers", "revocation", "long_lived", "fetch_account_info", "key"}
_FILLED_IN = {*_URLS_BEFORE, *_URLS_AFTER, *_CONSTANTS, *_CHECKED_APART}
"""The fields whose placeholders are filled in."""
_AS_IT_IS = {"client_id"}
"""The operator's own value, which may look like a placeholder and is sent as it is."""


def problems_of(config: Any) -> list[str]:
    """List every problem of a ``ConnectorConfig``, each beginning with its field."""
    wrong, choices = kind_and_choice_problems(config)
    if wrong:
        return wrong  # the other rules would stumble over it
    return [
        *_identity(config),
        *choices,
        *_functions(config),
        *_urls(config),
        *_stray_placeholders(config),
        *_scopes(config),
        *_parameters(config),
        *_answers(config),
        *_parts(config),
        *_api(config),
        *_key(config),
    ]


def key_connector_problems(config: Any) -> list[str]:
    """List every problem of a ``KeyConnectorConfig``, each beginning with its field."""
    wrong, choices = kind_and_choice_problems(config)
    if wrong:
        return wrong
    return [*_identity(config), *choices, *_key(config), *_api_hosts(config)]


def _key(config: Any) -> Iterator[str]:
    if config.key is not None:
        for problem in key_problems(config.key, config.api_base_url, config.api_hosts):
            is_own = problem.startswith("api_base_url")
            yield problem if is_own else f"key.{problem}"


def _client(config: Any) -> Iterator[str]:
    is_public = config.authorization_method == "none"
    if bool(config.client_secret) is is_public:
        yield "client_secret is " + ("given to a public client" if is_public else "empty")
    if is_public and not config.use_pkce:
        yield "use_pkce is False, and a public client needs it (RFC 9700 2.1.1)"
    if is_public and config.revocation.auth == "client_secret":
        yield "revocation needs a client_secret, which a public client has not"


def _identity(config: Any) -> Iterator[str]:
    for name in ("name", "display_name", "client_id"):
        if not getattr(config, name, name):  # a key alone has no client
            yield f"{name} is empty"
    if not config.description.isprintable() or len(config.description) > 200:
        yield "description is not one sentence of at most 200 characters"
    if hasattr(config, "client_id"):
        yield from _client(config)
    for name in ("name", "alias", "post_connection_script"):
        value = getattr(config, name)
        if value and not (NAME_PATTERN.fullmatch(value) and len(value) <= 64):
            yield f'{name} "{value}" is not kebab-case of at most 64 characters'
    for name in ("docs_url", "console_url"):
        if not getattr(config, name).startswith("https://"):
            yield f"{name} is not an https URL"


def _functions(config: Any) -> Iterator[str]:
    verifier, account = config.callback_verifier, config.fetch_account_info
    if inspect.iscoroutinefunction(verifier):
        yield "callback_verifier is no plain function"
    for name in OVERRIDES:
        override = getattr(config, name)
        if override is not None and not inspect.iscoroutinefunction(override):
            yield f"{name} is no async function"
    if config.refresh_tokens and not config.supports_refresh:
        yield "refresh_tokens is given although supports_refresh=False"
    if config.revoke_token and config.revocation_url is None:
        yield "revoke_token is given without a revocation_url, the address that it calls"
    if not isinstance(account, AccountLookup) and not inspect.iscoroutinefunction(account):
        yield "fetch_account_info is neither account_lookup(...) nor an async function"


def _stray_placeholders(config: Any) -> Iterator[str]:
    for field in fields(config):
        texts = () if field.name in _FILLED_IN | _AS_IT_IS else _texts(getattr(config, field.name))
        if any(PLACEHOLDER.search(text) for text in texts):
            yield f"{field.name} has a stray placeholder"


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (tuple, frozenset)):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _urls(config: Any) -> Iterator[str]:
    for name in (*_URLS_BEFORE, *_URLS_AFTER):
        url = getattr(config, name)
        if url is not None:
            early = _of_callback(config) if name in {"token_url", "refresh_url"} else ""
            own = "client_id" if name == "revocation_url" else early
            for problem in _url(config, url, with_metadata=name in _URLS_AFTER, own=own):
                yield f"{name} {problem}"
    if config.issuer is not None:
        if not _ISSUER.fullmatch(PLACEHOLDER.sub("x", config.issuer)):
            yield "issuer is not an https URL without a query (RFC 9207 2)"
        elif "${" in config.issuer:
            for problem in _url(config, config.issuer, with_metadata=False):
                yield f"issuer {problem}"
    if config.issuer_required and config.issuer is None:
        yield "issuer_required is set without an issuer"


def _url(
    config: Any, url: str, *, with_metadata: bool, with_query: bool = False, own: str = ""
) -> Iterator[str]:
    unknown = list(undeclared(config, url, metadata=with_metadata, own=own))
    yield from (f"has the undeclared placeholder ${{{placeholder}}}" for placeholder in unknown)
    if unknown:
        return
    found = (_plain_url(config, each, with_query) for each in expanded(config, url))
    yield from dict.fromkeys(chain.from_iterable(found))


def _of_callback(config: Any) -> str:
    """The placeholders of what the callback tells: known at the token endpoint."""
    return " ".join(f"metadata.{name}" for name in config.callback_metadata)


def _plain_url(config: Any, url: str, with_query: bool) -> Iterator[str]:
    """Problems of an address without choices."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        yield "is not a URL"
        return
    # Plain http is for a server on the developer's own machine only; outbound.py still refuses
    # to call it unless GATEWAY_EGRESS_ALLOW names it.
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        yield "is not https"
    if not parts.hostname:
        yield "has no host"
    if not _URL_CHARACTERS.fullmatch(PLACEHOLDER.sub("", url)):
        yield "has a character that no URL has, such as a space"
    if "@" in parts.netloc or parts.fragment:
        yield "has user information or a fragment"
    if parts.query and not with_query:
        yield "has a query (parameters have fields of their own)"
    inputs = {}
    for kind, _, key in (name.partition(".") for name in PLACEHOLDER.findall(url)):
        if kind == "connection_config":
            inputs[key] = config.connection_config[key]
    for key, wanted in inputs.items():
        if wanted.default == "" and f"${{connection_config.{key}}}" in parts.netloc + parts.path:
            yield f"needs connection_config.{key}, which may be left empty"
    is_origin = parts.netloc.startswith("${metadata.") and PLACEHOLDER.fullmatch(parts.netloc)
    if is_origin and not config.api_hosts:
        yield "has a host out of an answer, which only api_hosts can allow"
    is_typed = PLACEHOLDER.fullmatch(parts.netloc) and any(w.hosts for w in inputs.values())
    if is_origin or is_typed:
        labels = []  # a whole host, which api_hosts or its input checks
    else:
        # A placeholder next to other text could be closed early ("evil.com/"): whole labels only.
        labels = PLACEHOLDER.sub("${}", parts.netloc).split(".")
        for key, wanted in inputs.items():
            in_host = f"${{connection_config.{key}}}" in parts.netloc
            if in_host and "." in wanted.sample:
                yield f"has connection_config.{key} as a label, and its example has several"
    segments = PLACEHOLDER.sub("${}", parts.path).split("/")
    if any("${" in part and part != "${}" for part in [*labels, *segments]):
        yield "has a placeholder that is not a whole host label or path segment"
    if any("${" in label for label in labels[-2:]):
        yield "has a placeholder without a domain of the provider's after it"


def _scope_sets(config: Any) -> Iterator[str]:
    if config.scope_sets and not config.scopes_sent:
        yield "scope_sets is given although scopes_sent=False"
    separators = {*config.scope_separator, " ", ","}
    for name, each in config.scope_sets.items():
        if not NAME_PATTERN.fullmatch(name) or name in config.scopes:
            yield f'scope_sets "{name}" is no name in small letters, or the name of a scope'
        if not all(text.strip() and text.isprintable() for text in (each.title, each.sentence)):
            yield f'scope_sets "{name}" needs a title and a sentence'
        if not each.scopes or len(set(each.scopes)) != len(each.scopes):
            yield f'scope_sets "{name}" has no scopes, or one twice'
        if any(not scope or {*scope} & separators for scope in each.scopes):
            yield f'scope_sets "{name}" has a scope with a separator in it'


def _scopes(config: Any) -> Iterator[str]:
    yield from _scope_sets(config)
    if config.scopes_sent and not config.scopes:
        yield "scopes is empty (a provider without scopes says scopes_sent=False)"
    if not config.scopes_sent and config.scopes:
        yield "scopes are given although scopes_sent=False"
    if not config.scope_separator:
        yield "scope_separator is empty"
    elif any({*scope} & {*config.scope_separator, " ", ","} for scope in config.scopes):
        yield "a scope holds a separator"
    if len(set(config.scopes)) != len(config.scopes):
        yield "scopes has duplicates"
    if not re.fullmatch(r"[A-Za-z_]+", config.scope_param):
        yield "scope_param is not a parameter's name"
    elif config.scope_param in RESERVED_PARAMS - {"scope"}:
        yield f"scope_param is the reserved {config.scope_param}"
    known = set(config.scopes)
    if unknown := sorted(config.scopes_not_echoed - known):
        yield f"scopes_not_echoed names {', '.join(unknown)}, which scopes does not"
    for field in ("scope_aliases", "scope_implies"):
        for pattern, names in getattr(config, field).items():
            texts = (pattern, names) if isinstance(names, str) else (pattern, *names)
            if not all(_SCOPE.fullmatch(text) and text.count("*") <= 1 for text in texts):
                yield f'{field} "{pattern}" holds no scope, or one with several *'
            elif "*" not in pattern and any("*" in name for name in texts):
                yield f'{field} "{pattern}" has no * whose part could be taken'


def _parameters(config: Any) -> Iterator[str]:
    reserved = RESERVED_PARAMS | {config.scope_param} | {*config.param_names.values()}
    for name in _PARAMETERS:
        params = getattr(config, name)
        taken = {*reserved} & params.keys()
        if name == "extra_refresh_params":
            taken -= {"scope"}
        if name == "extra_authorize_params" and params.get("response_mode") == "query":
            taken -= {"response_mode"}  # the default of the code flow, which some providers want
        if taken:
            yield f"{name} sets reserved {', '.join(sorted(taken))}"
    if not config.supports_refresh:
        for name in ("extra_refresh_params", "refresh_query"):
            if getattr(config, name):
                yield f"{name} is given although supports_refresh=False"
    if unknown := sorted(config.param_names.keys() - RENAMABLE_PARAMS):
        yield f"param_names may not rename {', '.join(unknown)}"
    names = [*config.param_names.values()]
    if len({*names}) != len(names) or {*names} & (RESERVED_PARAMS | {config.scope_param}):
        yield "param_names gives a name twice, or one that is taken already"
    if odd := sorted(name for name in names if not _PARAM.fullmatch(name)):
        yield f"param_names has {', '.join(map(repr, odd))}, which is not a parameter's name"
    if not re.fullmatch(r"([a-z0-9]+_)*code", config.code_param):
        yield f'code_param "{config.code_param}" does not end with code'
    if not re.fullmatch(r"[a-z_]+", config.response_type) or "token" in config.response_type:
        yield "response_type is not one word, or asks for a token in the browser (RFC 9700 2.1.2)"
    own = {"state", "error", "iss", config.code_param}
    for name, param in config.callback_metadata.items():
        if not INPUT_NAME.fullmatch(name) or not _PARAM.fullmatch(param) or param in own:
            yield f'callback_metadata "{name}" is not a plain name of a parameter of the callback'
    for name, allowed in (
        ("omit_authorize_params", OMITTABLE_AUTHORIZE_PARAMS),
        ("omit_token_params", OMITTABLE_TOKEN_PARAMS),
        ("omit_refresh_params", OMITTABLE_REFRESH_PARAMS),
    ):
        if wrong := sorted(getattr(config, name) - allowed):
            yield f"{name} may not omit {', '.join(wrong)} (only {', '.join(sorted(allowed))})"
    for name in ("token_headers", "api_headers"):
        for key, value in getattr(config, name).items():
            if not _HEADER_NAME.fullmatch(key) or not re.fullmatch(r"[ -~]+", value):
                yield f'{name} "{key}" is not a valid header'
    for name in _CONSTANTS:
        early = "" if name == "extra_authorize_params" else _of_callback(config)
        yield from _members(config, name, getattr(config, name), own=early)
    if any(key.lower() in {"authorization", "content-type"} for key in config.token_headers):
        yield "token_headers set Authorization or Content-Type (use the fields for them)"


def _members(
    config: Any, name: str, members: Mapping[str, str], *, metadata: bool = False, own: str = ""
) -> Iterator[str]:
    """Problems of the placeholders in headers or parameters."""
    for text in members.values():
        for placeholder in undeclared(config, text, metadata=metadata, own=own):
            yield f"{name} has the undeclared placeholder ${{{placeholder}}}"
        if "${" in PLACEHOLDER.sub("", text):
            yield f"{name} has a placeholder that is not closed"


def _answers(config: Any) -> Iterator[str]:
    paths = {
        "alternate_access_token_response_path": config.alternate_access_token_response_path,
        "granted_scopes_path": config.granted_scopes_path,
    } | {
        f"{field}.{key}": path
        for field in ("token_metadata", "token_paths")
        for key, path in getattr(config, field).items()
    }
    for field, names in (
        ("token_metadata", config.token_metadata),
        ("fetch_account_info metadata", getattr(config.fetch_account_info, "metadata", {})),
    ):
        if dotted := sorted(name for name in names if "." in name):
            yield f"{field} has the name {', '.join(dotted)} with a dot, which no placeholder finds"
    for name, path in paths.items():
        if path is not None and not PATH.fullmatch(path):
            yield f'{name} "{path}" is not a dot path'
    if (paths["alternate_access_token_response_path"] or "").endswith("]"):
        yield "alternate_access_token_response_path ends with an item of a list, not with a name"
    if unknown := sorted(config.token_paths.keys() - TOKEN_MEMBERS):
        yield f"token_paths has {', '.join(unknown)} (only {', '.join(sorted(TOKEN_MEMBERS))})"
    if not 0 <= config.refresh_grace_seconds <= 86400:
        yield "refresh_grace_seconds is not between 0 and a day"
    if config.renew_before_seconds is not None:
        if not 1 <= config.renew_before_seconds <= 3600:
            yield "renew_before_seconds is not between 1 and an hour"
        if not config.supports_refresh:
            yield "renew_before_seconds is given although supports_refresh=False"
    if config.refresh_grace_seconds and config.refresh_rotation == "none":
        yield "refresh_grace_seconds is given although refresh_rotation is none"
    if any(not kind or kind != kind.lower() for kind in config.token_types):
        yield "token_types holds one that is empty or not in lower case"
    if any(not 400 <= status < 500 or status == 429 for status in config.refresh_rejected_statuses):
        yield "refresh_rejected_statuses holds one that is no refusal (400 to 499, not 429)"
    if wrong := sorted(set(config.error_codes.values()) - KNOWN_ERRORS):
        yield f"error_codes stand for {', '.join(wrong)}, which RFC 6749 does not know"
    known = KNOWN_ERRORS | config.error_codes.keys()
    if taken := sorted(config.approval_codes & (KNOWN_ERRORS | {"access_denied"})):
        yield f"approval_codes holds {', '.join(taken)}, which has a meaning already"
    if taken := sorted(config.refresh_rejected_codes & known):
        yield f"refresh_rejected_codes holds {', '.join(taken)}, which has a meaning already"
    codes = config.refresh_rejected_codes | config.error_codes.keys() | config.approval_codes
    if odd := sorted(code for code in codes if not _CODE.fullmatch(code)):
        yield f"{', '.join(map(repr, odd))} can be no error code (letters, digits, _ . -)"
    if config.refresh_rejected_codes and not config.supports_refresh:
        yield "refresh_rejected_codes are given although supports_refresh=False"


def _parts(config: Any) -> Iterator[str]:
    for problem in config.revocation.problems():
        yield f"revocation {problem}"
    if config.revocation.auth.removeprefix("client_") == config.authorization_method:
        yield f'revocation.auth is {config.revocation.auth}, which "client" says, too'
    params = config.revocation.params
    yield from _members(config, "revocation.params", params, metadata=True, own="client_id")
    for problem in config.error_in_success.problems() if config.error_in_success else ():
        yield f"error_in_success {problem}"
    if (shape := config.long_lived) is not None:
        yield from (f"long_lived {problem}" for problem in shape.problems())
        for name in ("exchange_params", "renew_params"):
            own = "access_token client_id client_secret"
            yield from _members(config, f"long_lived.{name}", getattr(shape, name), own=own)
        if taken := [name for name in _OF_A_REFRESH if getattr(config, name)]:
            yield f"{', '.join(taken)} is given, and a long_lived token is not refreshed"
    for name in ("long_lived", "refresh_extends"):
        if getattr(config, name) and not config.supports_refresh:
            yield f"{name} is given although supports_refresh=False"
    hidden = config.error_in_success
    if config.refresh_extends and (hidden is None or hidden.flag is None):
        yield "refresh_extends needs the flag of error_in_success: only that tells a success"
    for key, part in config.connection_config.items():
        if not INPUT_NAME.fullmatch(key):
            yield f'connection_config "{key}" is not a plain name in lower case'
        if part.secret:
            yield f"connection_config.{key} is secret, and connection_config is not kept secret"
        for problem in part.problems():
            yield f"connection_config.{key} {problem}"


def _api_hosts(config: Any) -> Iterator[str]:
    for host in config.api_hosts:
        if not re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            yield f'api_hosts: "{host}" is not a host name or "*." and a host name'


def _api(config: Any) -> Iterator[str]:
    yield from _api_hosts(config)
    headers = config.api_headers
    own = "access_token client_id"
    yield from _members(config, "api_headers", headers, metadata=True, own=own)
    if not any(_CREDENTIAL.search(value) for value in headers.values()):
        yield "api_headers carry no ${access_token}"
    lookup = config.fetch_account_info
    if isinstance(lookup, AccountLookup):
        for problem in lookup.problems():
            yield f"fetch_account_info {problem}"
        if lookup.url is not None:
            yield from _account_url(config, lookup)
        yield from _account_parts(config, lookup)
        if lookup.introspect and not config.introspection_url:
            yield "fetch_account_info introspects, but there is no introspection_url"


def _account_url(config: Any, lookup: AccountLookup) -> Iterator[str]:
    for placeholder in PLACEHOLDER.findall(lookup.url or ""):
        kind, _, key = placeholder.partition(".")
        known = {*config.callback_metadata, *config.token_metadata}  # nothing else, by then
        if kind == "metadata" and key not in known:
            yield f"fetch_account_info has the undeclared placeholder ${{{placeholder}}}"
            return
    for problem in _url(config, lookup.url or "", with_metadata=True, with_query=True):
        yield f"fetch_account_info {problem}"


def _account_parts(config: Any, lookup: AccountLookup) -> Iterator[str]:
    """Problems of the metadata in an account's id and label.

    A person can change the callback: only the account's own address proves a value of it.
    """
    proven = {
        name for name in config.callback_metadata if f"${{metadata.{name}}}" in (lookup.url or "")
    }
    for placeholder in PLACEHOLDER.findall(" ".join((*lookup.id, *lookup.label))):
        kind, _, name = placeholder.partition(".")
        if kind == "metadata" and name not in {*config.token_metadata, *proven}:
            yield (
                f"fetch_account_info has ${{{placeholder}}} in its id or label, which neither "
                "token_metadata nor the account's address shows to be true"
            )
