"""Who acts, and in which request.

The edge (``gateway.web``, the worker, a command) knows both and puts them into context variables, so
that no other code has to hand them on.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple

from gateway.store.audit import Actor, ActorKind


class By(NamedTuple):
    """Who acts, and in which request, where the context does not tell."""

    actor: Actor
    request: str


STRANGER = Actor(ActorKind.LOGIN)
"""Somebody of whom nothing is known yet."""
COMMAND = Actor(ActorKind.COMMAND)
"""Somebody at a terminal: whoever acts where there is neither a request nor a worker."""
WORKER = Actor(ActorKind.WORKER)

_actor: ContextVar[Actor] = ContextVar("audit_actor", default=COMMAND)
_request: ContextVar[str | None] = ContextVar("audit_request", default=None)


def begin(request_id: str) -> None:
    """A request begins, from somebody unknown: everything from here on in this context is part of it."""
    _request.set(request_id)
    _actor.set(STRANGER)


def act_as(actor: Actor) -> None:
    """Whatever follows in this context is done by ``actor``."""
    _actor.set(actor)


def current_actor() -> Actor:
    """Who acts in this context; ``COMMAND`` outside requests and workers."""
    return _actor.get()


def current_request() -> str | None:
    """The id of the request that this context belongs to."""
    return _request.get()
