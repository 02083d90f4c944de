"""Service keys by API: ``/v1/keys``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import NotFound
from gateway.identity.keys import Role
from gateway.store.keys import StoredKey
from gateway.web.context import Strict, read_json, require_key, services
from gateway.web.operation import Operation
from gateway.web.replies import reply, timestamp


class KeyRequest(Strict):
    """The roles of a new key: ``tokens``, ``connections``, ``admin``; ``label`` is for people."""

    roles: Annotated[list[Annotated[Role, Field(strict=False)]], Field(min_length=1, max_length=3)]
    label: Annotated[str, Field(max_length=100)] = ""


class KeyReply(BaseModel):
    """A key without its secret."""

    id: str
    label: str
    roles: list[str]
    created_at: str


class NewKeyReply(KeyReply):
    """A new key; ``key`` is shown this once."""

    key: str


class KeyListReply(BaseModel):
    """The tenant's keys, oldest first."""

    keys: list[KeyReply]


async def create_key(request: Request) -> Response:
    """Create a key for the caller's tenant."""
    caller = await require_key(request, Role.ADMIN)
    wanted = await read_json(request, KeyRequest)
    key, secret = await services(request).keys.create(
        tenant=caller.tenant, roles=wanted.roles, label=wanted.label
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


def _shown(key: StoredKey) -> KeyReply:
    return KeyReply(
        id=key.id, label=key.label, roles=list(key.roles), created_at=timestamp(key.created_at)
    )


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="POST", path="/v1/keys", handler=create_key, summary="Create a service key",
        who="key", role="admin", request=KeyRequest, reply=NewKeyReply, status=201,
        errors=(*_ERRORS, "invalid_request"),
    ),
    Operation(
        method="GET", path="/v1/keys", handler=list_keys, summary="List the service keys",
        who="key", role="admin", reply=KeyListReply, errors=_ERRORS,
    ),
    Operation(
        method="DELETE", path="/v1/keys/{id}", handler=delete_key, summary="Delete a service key",
        who="key", role="admin", status=204, errors=(*_ERRORS, "not_found"),
    ),
]  # fmt: skip
