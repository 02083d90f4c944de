"""Read what a request carries: its JSON body, its form, its query. Each is read strictly (F4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import takewhile
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from gateway.access.identity import MAX_USER, is_user_id
from gateway.errors import InvalidRequest

MAX_BODY = 64 * 1024
BODY_SECONDS = 30.0
"""From the end of a request's headers to the end of its body."""
MAX_FIELDS = 50
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

MAX_TEXT = 255
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)  # RFC 3339, with its offset

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A request model: no coercion and no unknown fields (security F4)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _user_id(value: str) -> str:
    if not is_user_id(value):
        raise ValueError("must be printable")
    return value


Connecting = Literal["user", "org"]
"""The owners for whom a person can connect."""

UserId = Annotated[str, Field(min_length=1, max_length=MAX_USER), AfterValidator(_user_id)]

MAX_SCOPES = 50
ScopeNames = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...],
    Field(max_length=MAX_SCOPES, strict=False),
]
"""Sets or scopes of a connector."""


def media_type(content_type: str) -> str:
    """Return the media type of a ``Content-Type`` header, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def is_json(request: Request) -> bool:
    """Whether the request's ``Content-Type`` is JSON."""
    return media_type(request.headers.get("content-type", "")) == JSON


async def read_json(request: Request, model: type[Model]) -> Model:
    """Return the JSON body as ``model``; raise ``InvalidRequest`` that names each wrong field."""
    if not is_json(request):
        raise InvalidRequest(f"the Content-Type must be {JSON}")
    return in_json(await request.body(), model)


def in_json(content: bytes, model: type[Model]) -> Model:
    """Return JSON as ``model``; raise ``InvalidRequest`` that names each wrong field."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        # Never the input itself: it may be a key in the wrong field.
        found = error.errors(include_input=False, include_url=False, include_context=False)
        known = _names(model)
        problems = {_place(item["loc"], known): words_of(item["msg"]) for item in found[:20]}
    except RecursionError:
        problems = {"body": "nested too deeply"}
    text = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
    raise InvalidRequest(text[:1000], problems)


def words_of(message: str) -> str:
    """Return pydantic's message without the words that say nothing to a caller."""
    return message.removeprefix("Value error, ")


def _place(loc: tuple[int | str, ...], known: frozenset[str]) -> str:
    """Name the place of a problem, down to a name that the client chose: it may be a secret."""
    path = list(map(str, takewhile(lambda part: isinstance(part, int) or part in known, loc)))
    return ".".join(path if len(path) == len(loc) else [*path, "(unknown field)"]) or "body"


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    """Return the field names of a model and of the models in it."""
    schema = model.model_json_schema()
    objects = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for each in objects for name in each.get("properties", ()))


def read_query(request: Request, *names: str) -> dict[str, str]:
    """Return the query parameters, each of ``names`` at most once (security F4).

    Raises ``InvalidRequest`` if the query cannot be decoded, has an unknown name (such as
    ``user[$ne]``) or repeats a name: parsers disagree on which value counts.
    """
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise InvalidRequest("the address's parameters cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequest("a parameter of the address came twice")
    if not fields.keys() <= set(names):
        known = ", ".join(names) or "none"
        raise InvalidRequest(f"the address has a parameter that is not known here (known: {known})")
    return fields


def text_in(given: Mapping[str, str], name: str) -> str | None:
    """Return a text of a query; raise ``InvalidRequest`` if it is empty, long or not printable."""
    value = given.get(name)
    if value is not None and not (0 < len(value) <= MAX_TEXT and value.isprintable()):
        raise InvalidRequest(f"{name}: must be 1 to {MAX_TEXT} printable characters")
    return value


def limit_in(given: Mapping[str, str], *, usual: int, most: int) -> int:
    """Return the ``limit`` of a query, ``usual`` without one; raise ``InvalidRequest``."""
    value = given.get("limit", str(usual))
    if not re.fullmatch(r"[1-9][0-9]{0,5}", value) or int(value) > most:
        raise InvalidRequest(f"limit: must be 1 to {most}")
    return int(value)


def time_in(given: Mapping[str, str], name: str) -> datetime | None:
    """Return a time of a query in UTC; raise ``InvalidRequest`` unless it is RFC 3339."""
    value = given.get(name)
    if value is None:
        return None
    try:
        if not _TIME.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(f"{name}: must be a time like 2026-01-31T09:30:00Z") from None


async def read_form(request: Request, *, most: int = MAX_FIELDS) -> dict[str, str]:
    """Return the form's fields; raise ``InvalidRequest`` for an unreadable or repeated one.

    ``most`` bounds how many there are.
    """
    if media_type(request.headers.get("content-type", "")) != FORM:
        raise InvalidRequest(f"the Content-Type must be {FORM}")
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=most
        )
    except ValueError:
        raise InvalidRequest("the form cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequest("a field of the form came twice")
    return fields
