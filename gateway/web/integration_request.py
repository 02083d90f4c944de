"""What the pages about integrations read of a request: its sender, and the integration meant."""

from __future__ import annotations

import re

from starlette.requests import Request

from gateway.access.sessions import SessionCaller
from gateway.errors import (
    GatewayError,
    IntegrationError,
    IntegrationNotFound,
    IntegrationNotRemovable,
    InvalidRequest,
)
from gateway.store.integrations import Integration
from gateway.web.browsers import check_host, check_origin
from gateway.web.callers import find_session, require_session
from gateway.web.inputs import read_form
from gateway.web.problems import detail_of, problem_of
from gateway.web.state import services

_USER = re.compile(r"^(\s*(?:(?:[a-z][a-z0-9+.-]*:)?/+)?)[^/?#]*@", re.IGNORECASE)
"""What stands before a URL's host, and how it begins."""
MAX_BODY = 4 * 1024 * 1024
"""A form with a pasted document, each of whose characters may take three bytes."""
MOST_FIELDS = 10_000
"""A checkbox for each operation."""
SHOWN = (IntegrationError, InvalidRequest)
"""The failures that a form shows."""


async def administrator(request: Request) -> SessionCaller | None:
    """Return the administrator who opens a page, ``None`` without a session.

    Raises ``Forbidden`` for other people.
    """
    check_host(request)
    session = await find_session(request)
    if session is not None:
        session.require_admin()
    return session


async def posted(request: Request) -> tuple[SessionCaller, dict[str, str]]:
    """Return the administrator who sends a form, and its fields."""
    check_origin(request)
    session = await require_session(request)
    session.require_admin()  # before a body of megabytes is read
    form = await read_form(request, most=MOST_FIELDS)
    session.check_csrf(form.get("csrf_token"))
    return session, form


async def own_row(request: Request, session: SessionCaller) -> Integration:
    """Return the integration of the address; raise ``IntegrationNotFound``."""
    try:
        return await services(request).integration_service.added(
            session.tenant, request.path_params["slug"]
        )
    except IntegrationNotRemovable:
        raise IntegrationNotFound from None


def notice_of(error: GatewayError) -> dict[str, str]:
    """Return an error as a page's notice."""
    problem = problem_of(error)
    text = detail_of(error, problem)
    return {"title": problem.title, "text": f"{text[:1].upper()}{text[1:]}"}


def typed_url(url: str) -> str:
    """Return a URL as a form shows it again: without a user name and a password.

    Both are refused, so that nobody needs them a second time.
    """
    return _USER.sub(r"\1", url)
