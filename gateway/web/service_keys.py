"""The API for service keys: ``/v1/keys``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from connectors.errors import UnknownConnector
from gateway.access.assertions import MOST_KEYS
from gateway.access.service_keys import MAX_LABEL, Restrictions, Role
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest, NotFound
from gateway.services.own_names import own_name
from gateway.store.service_keys import StoredKey
from gateway.web.callers import require_key
from gateway.web.inputs import Strict, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply, time_or_none
from gateway.web.state import services

MAX_CONNECTORS = 100
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _rfc3339(value: Any) -> Any:
    # Pydantic alone accepts much more, such as a number of seconds in a string.
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("must be a time like 2027-01-31T12:00:00Z")
    return datetime.fromisoformat(value)


class UserAssertion(Strict):
    """The signers of user assertions: one or two public keys, as a JWK Set (RFC 7517 5)."""

    keys: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_KEYS)]


class KeyRequest(Strict):
    """The roles of a new key: ``tokens``, ``proxy``, ``tools``, ``connections``,
    ``logins``, ``admin``.

    ``label`` is for people. Three restrictions are optional (docs/keys.md): ``connectors`` by their
    names, ``expires_at``, and ``user_assertion``, whose keys sign the user of each call.
    """

    roles: Annotated[
        list[Annotated[Role, Field(strict=False)]], Field(min_length=1, max_length=len(Role))
    ]
    label: Annotated[str, Field(max_length=MAX_LABEL)] = ""
    connectors: Annotated[list[str], Field(min_length=1, max_length=MAX_CONNECTORS)] | None = None
    expires_at: Annotated[AwareDatetime, BeforeValidator(_rfc3339)] | None = None
    user_assertion: UserAssertion | None = None


class KeyReply(BaseModel):
    """A key without its secret. ``connectors`` is null for a key of every connector.

    ``last_used_at`` is updated at most once a minute.
    """

    id: str
    label: str
    roles: list[str]
    connectors: list[str] | None
    user_assertion: dict[str, list[dict[str, str]]] | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class NewKeyReply(KeyReply):
    """A new key; ``key`` is shown only here."""

    key: str


class KeyListReply(BaseModel):
    """The tenant's keys, oldest first."""

    keys: list[KeyReply]


async def create_key(request: Request) -> Response:
    """Create a key for the caller's tenant."""
    caller = await require_key(request, Role.ADMIN)
    wanted = await read_json(request, KeyRequest)
    assertion = wanted.user_assertion
    restrictions = Restrictions(
        connectors=_known(request, caller.tenant, wanted.connectors or ()),
        expires_at=wanted.expires_at,
        assertion_keys=() if assertion is None else assertion.keys,
    )
    key, secret = await services(request).keys.create(
        tenant=caller.tenant, roles=wanted.roles, label=wanted.label, restrictions=restrictions
    )
    return reply(NewKeyReply(key=secret.reveal(), **_shown(key).model_dump()), 201)


async def list_keys(request: Request) -> Response:
    """List the tenant's keys."""
    caller = await require_key(request, Role.ADMIN)
    keys = await services(request).keys.list_for(caller.tenant)
    return reply(KeyListReply(keys=[_shown(key) for key in keys]))


async def delete_key(request: Request) -> Response:
    """Delete a key; it is refused from the next request on."""
    caller = await require_key(request, Role.ADMIN)
    if not await services(request).keys.delete(caller.tenant, request.path_params["id"]):
        raise NotFound
    return Response(status_code=204)


def _known(request: Request, tenant: str, names: Sequence[str]) -> tuple[str, ...]:
    catalog = services(request).catalog
    try:
        names = tuple(own_name(catalog, tenant, name) for name in names)
    except UnknownConnector:
        names = ("",)
    if not all(map(catalog.knows, names)):
        problem = "there is no connector of one of these names"
        raise InvalidRequest(problem, {"connectors": problem})
    return tuple(names)


def _shown(key: StoredKey) -> KeyReply:
    return KeyReply(
        id=key.id,
        label=key.label,
        roles=list(key.roles),
        connectors=list(key.connectors) or None,
        user_assertion={"keys": [dict(each) for each in key.assertion_keys]}
        if key.assertion_keys
        else None,
        created_at=rfc3339(key.created_at),
        expires_at=time_or_none(key.expires_at),
        last_used_at=time_or_none(key.last_used_at),
    )


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/keys",
        handler=create_key,
        summary="Create a service key",
        who="key",
        role="admin",
        request=KeyRequest,
        reply=NewKeyReply,
        status=201,
        errors=(*_ERRORS, "invalid_request"),
    ),
    Operation(
        method="GET",
        path="/v1/keys",
        handler=list_keys,
        summary="List the service keys",
        who="key",
        role="admin",
        reply=KeyListReply,
        errors=_ERRORS,
    ),
    Operation(
        method="DELETE",
        path="/v1/keys/{id}",
        handler=delete_key,
        summary="Delete a service key",
        who="key",
        role="admin",
        status=204,
        errors=(*_ERRORS, "not_found"),
    ),
]
