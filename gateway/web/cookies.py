"""Cookies: their full names, and the attributes that all of them have (security G1)."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from connectors.secret import Secret
from gateway.web.state import services

SESSION = "gateway_session"


def cookie_name(request: Request, name: str) -> str:
    """Return a cookie's full name: over https, ``__Host-`` binds it to this host."""
    return f"__Host-{name}" if services(request).settings.secure else name


def read_cookie(request: Request, name: str) -> str | None:
    """Return the value of the cookie called ``name``."""
    return request.cookies.get(cookie_name(request, name))


def set_cookie(
    request: Request, answer: Response, name: str, value: Secret, lifetime: timedelta
) -> None:
    """Give the browser a cookie that scripts cannot read."""
    answer.set_cookie(
        cookie_name(request, name),
        value.reveal(),
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=services(request).settings.secure,
        httponly=True,
        samesite="lax",  # coming back from a provider is a top-level navigation from its site
    )


def drop_cookie(request: Request, answer: Response, name: str) -> None:
    """Remove the cookie called ``name`` from the browser."""
    answer.delete_cookie(
        cookie_name(request, name),
        path="/",
        secure=services(request).settings.secure,
        httponly=True,
        samesite="lax",
    )
