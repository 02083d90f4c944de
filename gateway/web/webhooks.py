"""The API for webhooks: ``/v1/webhooks`` (docs/webhooks.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from gateway.errors import NotFound
from gateway.store.events import EventType
from gateway.store.webhooks import Webhook
from gateway.web.callers import require_key
from gateway.web.inputs import Strict, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply, time_or_none
from gateway.web.state import services
from gateway.webhooks.registration import MAX_URL


class WebhookRequest(Strict):
    """The https URL, and the events to send; without ``events`` all, including future ones."""

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL)]
    events: (
        Annotated[
            list[Annotated[EventType, Field(strict=False)]],
            Field(min_length=1, max_length=len(EventType)),
        ]
        | None
    ) = None


class WebhookReply(BaseModel):
    """A webhook without its secret. ``events`` is ``null`` for all events."""

    id: str
    url: str
    events: list[str] | None
    created_at: str


class NewWebhookReply(WebhookReply):
    """A new webhook; ``secret``, which signs its deliveries, is shown only here."""

    secret: str


class WebhookStateReply(WebhookReply):
    """A webhook and the state of its deliveries.

    ``pending`` events wait for it; ``failing_since`` and ``last_failure`` are set while deliveries
    fail; ``disabled_at`` is set once it answered 410.
    """

    pending: int
    last_success_at: str | None
    failing_since: str | None
    last_failure: str | None
    disabled_at: str | None


class WebhookListReply(BaseModel):
    """The tenant's webhooks, oldest first."""

    webhooks: list[WebhookStateReply]


async def create_webhook(request: Request) -> Response:
    """Send the events of the caller's tenant to a URL, from now on."""
    caller = await require_key(request, Role.ADMIN)
    wanted = await read_json(request, WebhookRequest)
    webhook, secret = await services(request).webhooks.create(
        tenant=caller.tenant, url=wanted.url, types=wanted.events
    )
    shown = _shown(webhook).model_dump()
    return reply(NewWebhookReply(secret=secret.reveal(), **shown), 201)


async def list_webhooks(request: Request) -> Response:
    """List the tenant's webhooks, with the state of their deliveries."""
    caller = await require_key(request, Role.ADMIN)
    found = await services(request).webhooks.list_for(caller.tenant)
    return reply(
        WebhookListReply(
            webhooks=[
                WebhookStateReply(
                    pending=state.pending,
                    last_success_at=time_or_none(state.webhook.last_success_at),
                    failing_since=time_or_none(state.webhook.failing_since),
                    last_failure=state.webhook.last_failure,
                    disabled_at=time_or_none(state.webhook.disabled_at),
                    **_shown(state.webhook).model_dump(),
                )
                for state in found
            ]
        )
    )


async def delete_webhook(request: Request) -> Response:
    """Delete a webhook; its waiting deliveries are dropped."""
    caller = await require_key(request, Role.ADMIN)
    if not await services(request).webhooks.delete(caller.tenant, request.path_params["id"]):
        raise NotFound
    return Response(status_code=204)


def _shown(webhook: Webhook) -> WebhookReply:
    return WebhookReply(
        id=webhook.id,
        url=webhook.url,
        events=None if webhook.types is None else list(webhook.types),
        created_at=rfc3339(webhook.created_at),
    )


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="POST",
        path="/v1/webhooks",
        handler=create_webhook,
        summary="Create a webhook",
        who="key",
        role="admin",
        request=WebhookRequest,
        reply=NewWebhookReply,
        status=201,
        errors=(*_ERRORS, "invalid_request"),
    ),
    Operation(
        method="GET",
        path="/v1/webhooks",
        handler=list_webhooks,
        summary="List the webhooks",
        who="key",
        role="admin",
        reply=WebhookListReply,
        errors=_ERRORS,
    ),
    Operation(
        method="DELETE",
        path="/v1/webhooks/{id}",
        handler=delete_webhook,
        summary="Delete a webhook",
        who="key",
        role="admin",
        status=204,
        errors=(*_ERRORS, "not_found"),
    ),
]
