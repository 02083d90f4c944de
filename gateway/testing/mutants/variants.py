"""Other values for one value: changed, removed, or another of those that are allowed."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from connectors.account import AccountInfo
from connectors.config_types import ErrorInSuccess
from connectors.context import CallbackContext, ConnectionContext
from connectors.inputs import ConnectionInput
from connectors.key_method import TokenRequest, Verify
from connectors.secret import Secret
from gateway.testing.mutants.answers import FOR_PEOPLE, Watched, answer_variants

Variant = tuple[str, Any]
"""The changed part with its change, and the field's new value."""

_TEXT = "presentation: a text for people"
_LINK = "presentation: a link for people"
_OPAQUE = "made up: tokens are opaque to the gateway"
_PROXY = "a rule of the proxy, whose own tests show it"
EXEMPT = {
    "ConnectorConfig.display_name": _TEXT,
    "ConnectorConfig.description": _TEXT,
    "ConnectorConfig.category": "presentation: the group of a card",
    "ConnectorConfig.key": "the second way to connect, which has a contract of its own",
    "ConnectorConfig.alias": "a second name in the catalog, which the catalog's own tests show",
    "ConnectorConfig.docs_url": _LINK,
    "ConnectorConfig.console_url": _LINK,
    "ConnectorConfig.checked_on": "presentation: a date for people",
    "ConnectorConfig.unread_answers": _PROXY,
    "ConnectorConfig.repeat_unauthorized": _PROXY,
    **{
        f"KeyConnectorConfig.{name}": why
        for name, why in (
            ("display_name", _TEXT),
            ("description", _TEXT),
            ("category", "presentation: the group of a card"),
            ("alias", "a second name in the catalog, which the catalog's own tests show"),
            ("docs_url", _LINK),
            ("console_url", _LINK),
            ("checked_on", "presentation: a date for people"),
            ("unread_answers", _PROXY),
            ("repeat_unauthorized", _PROXY),
        )
    },
    "SimulatedKeyProvider.display_name": _TEXT,
    "ConnectionInput.title": _TEXT,
    "ConnectionInput.description": _TEXT,
    "ConnectionInput.where": _TEXT,
    "ConnectionInput.example": "presentation: made up; the rules check its form",
    "KeyRules.held": "made up: any other key is as good",
    "ConnectionInput.choices.title": _TEXT,
    "ScopeSet.title": _TEXT,
    "ScopeSet.sentence": _TEXT,
    "SimulatedProvider.display_name": _TEXT,
    "SimulatedProvider.keys": "the other side of ConnectorConfig.key",
    "FictionalAccount.label": _TEXT,
    f"Refusal.body.{FOR_PEOPLE}": _TEXT,
    "GrantRules.access_token_prefix": _OPAQUE,
    "GrantRules.refresh_token_prefix": _OPAQUE,
}
"""Fields that are not mutated, and why: they reach neither a provider nor a tool."""


def fields_of(value: Any, named: Collection[str] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Name, value and type of fields of a dataclass: those ``named``, or all but exempt ones."""
    hints = get_type_hints(type(value))
    for field in dataclasses.fields(value):
        is_exempt = f"{type(value).__name__}.{field.name}" in EXEMPT
        if field.name in named if named else not is_exempt:
            yield field.name, getattr(value, field.name), hints[field.name]


def variants(value: Any, hint: Any = None) -> Iterator[Variant]:
    """Every other value for a field of the type ``hint``, each with its change in words."""
    allowed = _literals(hint)
    if allowed:
        yield from ((f"is {other!r}", other) for other in allowed if other != value)
    elif isinstance(value, bool):
        yield f"is {not value}", not value
    elif isinstance(value, str):
        yield "changed", changed(value)
    elif isinstance(value, int):
        yield "changed", value + 1
    elif isinstance(value, Secret):
        yield "changed", Secret(changed(value.reveal()))
    elif isinstance(value, (tuple, frozenset)):
        yield from _of_collection(value)
    elif isinstance(value, Mapping):
        yield from _of_mapping(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _of_dataclass(value)
    elif isinstance(value, Watched):
        yield from answer_variants(value)
    elif callable(value):
        is_async = inspect.iscoroutinefunction(value)
        yield "does something else", _always_the_same if is_async else _anything_goes


def changed(text: str) -> str:
    """``text`` with another last letter or digit: of the same kind, but not the same."""
    found = re.search(r"[A-Za-z0-9](?=[^A-Za-z0-9]*\Z)", text)
    if found is None:
        return {" ": ",", ",": " ", "\n": " "}.get(text, f"{text}x")
    last = found[0]
    other = {"z": "y", "9": "8"}.get(last.lower(), "z" if last.isalpha() else "9")
    return text[: found.start()] + other + text[found.end() :]


def is_optional(hint: Any) -> bool:
    """Whether a field of that type may be left out, and is no choice among literals."""
    return type(None) in get_args(hint) and not _literals(hint)


def _literals(hint: Any) -> tuple[Any, ...]:
    """The values that a ``Literal`` allows, ``None`` among them where the type is optional."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    members = get_args(hint)
    if not any(get_origin(member) is Literal for member in members):
        return ()
    found: list[Any] = []
    for member in members:
        found += get_args(member) if get_origin(member) is Literal else [None]
    return tuple(found)


def _of_collection(value: tuple[Any, ...] | frozenset[Any]) -> Iterator[Variant]:
    kind = type(value)
    items = sorted(value, key=str) if isinstance(value, frozenset) else list(value)
    for index, item in enumerate(items):
        rest, name = [*items[:index], *items[index + 1 :]], _name(item)
        yield f"without {name}", kind(rest)
        for what, other in variants(item):
            yield f"{name} {what}", kind([*items[:index], other, *items[index + 1 :]])


def _name(item: Any) -> str:
    """A name that tells an item from the others of its collection."""
    return str(getattr(item, "key", getattr(item, "address", item)))


def _of_mapping(value: Mapping[Any, Any]) -> Iterator[Variant]:
    for key, item in value.items():
        yield f"without {key}", {k: v for k, v in value.items() if k != key}
        for what, other in variants(item):
            yield f"{key} {what}", {**value, key: other}


def _of_dataclass(value: Any) -> Iterator[Variant]:
    for name, current, hint in fields_of(value):
        if isinstance(value, ErrorInSuccess) and value.flag is None and name == "ok":
            continue  # without a flag nothing is compared with it: every other value is the same
        if isinstance(value, (Verify, TokenRequest)) and name in _never_read(value):
            continue
        if isinstance(value, ConnectionInput) and name == "suffix" and not current:
            continue  # nobody types an ending that the input does not have
        if isinstance(value, ConnectionInput) and name == "choices":
            current = {choice: _untitled(values) for choice, values in current.items()}
        if name.endswith("seconds") and current is not None:
            # A minute more: a check that allows for a slow machine does not notice a second.
            yield f"{name} changed", replace(value, **{name: current + 60})
        else:
            for what, other in variants(current, hint):
                yield f"{name} {what}", replace(value, **{name: other})
        if current and is_optional(hint):
            yield f"{name} removed", replace(value, **{name: None})


def _never_read(asked: Verify | TokenRequest) -> Iterator[str]:
    if not asked.refused_codes:
        yield "code_path"
    if getattr(asked, "lifetime_seconds", None) is not None:
        yield "expires_in_path"  # it is said because the answer does not tell it


def _untitled(values: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in values.items() if name != "title"}


async def _always_the_same(ctx: ConnectionContext) -> AccountInfo:
    return AccountInfo(external_account_id="always-the-same", account_label="Somebody")


def _anything_goes(ctx: CallbackContext) -> None:
    pass
