"""The acting party and the request, for the audit.

The entry points (``gateway.web``, the worker, commands) set them as context variables, so that no
other code has to pass them on.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple

from gateway.store.audit import Actor, ActorKind


class By(NamedTuple):
    """An actor and a request id, for callers outside of a request's context."""

    actor: Actor
    request: str


STRANGER = Actor(ActorKind.LOGIN)
"""A client that is not authenticated yet."""
COMMAND = Actor(ActorKind.COMMAND)
"""An operator at a terminal: the actor outside of requests and workers."""
WORKER = Actor(ActorKind.WORKER)

_actor: ContextVar[Actor] = ContextVar("audit_actor", default=COMMAND)
_request: ContextVar[str | None] = ContextVar("audit_request", default=None)


def begin(request_id: str) -> None:
    """Start a request of an unauthenticated client in this context."""
    _request.set(request_id)
    _actor.set(STRANGER)


def act_as(actor: Actor) -> None:
    """Make ``actor`` the actor of this context."""
    _actor.set(actor)


def current_actor() -> Actor:
    """Return the actor of this context: ``COMMAND`` outside of requests and workers."""
    return _actor.get()


def current_request() -> str | None:
    """Return the id of the request of this context, if there is one."""
    return _request.get()
