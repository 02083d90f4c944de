"""The pages on which people let agents in, see them, and end their access.

Opening the consent page lets nobody in: the answer is a form of this page, with the session's
token. The page names the account, the client as it calls itself, and the host that gets the answer.
Until the person has answered, nobody is redirected anywhere, not even with an error: a redirect
that any link can cause would be an open one (RFC 9700 4.11.2).
"""

from __future__ import annotations

from urllib.parse import urlencode

from authlib.oauth2.rfc6749.errors import AccessDeniedError, OAuth2Error
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.authorization.errors import UnknownClientError
from gateway.authorization.grant import Grant
from gateway.authorization.redirects import redirect_host, redirect_kind
from gateway.authorization.request import (
    AuthorizationRequest,
    ClientRedirect,
    judge,
    pack,
    read_parameters,
    unpack,
)
from gateway.authorization.scopes import SENTENCES
from gateway.authorization.server import AUTHORIZE
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest, NotFound
from gateway.settings.limits import LimitName
from gateway.web.browsers import check_host, check_origin, is_prefetch
from gateway.web.callers import find_session, require_session
from gateway.web.inputs import read_form
from gateway.web.oauth import authorization_server
from gateway.web.pages import ago, render
from gateway.web.state import services

AGENTS = "/oauth/clients"
_PACKED = "request"
_NO_REFERRER = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


async def consent_page(request: Request) -> Response:
    """Ask the signed-in person whether the client may act for them."""
    server = authorization_server(request)
    check_host(request)
    if is_prefetch(request):
        return Response(status_code=204, headers=_NO_REFERRER)
    packed = _packed(request)
    session = await find_session(request)
    if session is None:
        # Nothing is read or fetched before the sign-in.
        target = f"{AUTHORIZE}?{urlencode({_PACKED: packed})}"
        return RedirectResponse(f"/login?{urlencode({'next': target})}", 303)
    await services(request).limits.spend(LimitName.SESSION_REQUESTS, session.session_id)
    began = services(request).clock()
    found = await _read(request, session, packed)
    if isinstance(found, Response):
        return found
    asked, answer = found
    if await server.grants.is_remembered(asked, tenant=session.tenant, user=session.user):
        code = await server.grants.allow(
            asked, tenant=session.tenant, user=session.user, began=began
        )
        return RedirectResponse(answer.url({"code": code}), 303, _NO_REFERRER)
    return _consent(request, session, asked, packed)


async def consent(request: Request) -> Response:
    """Answer the client as the person decided."""
    server = authorization_server(request)
    check_origin(request)
    session, began = await require_session(request), services(request).clock()
    form = await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    if form.get("decision") not in {"allow", "deny"}:
        raise InvalidRequest("decision: must be allow or deny")
    found = await _read(request, session, form.get(_PACKED, ""))
    if isinstance(found, Response):
        return found
    asked, answer = found
    if form["decision"] == "deny":
        await server.grants.deny(asked, tenant=session.tenant, user=session.user)
        return _leave(request, answer, answer.error_url(AccessDeniedError("the person said no")))
    code = await server.grants.allow(asked, tenant=session.tenant, user=session.user, began=began)
    return _leave(request, answer, answer.url({"code": code}))


async def agents_page(request: Request) -> Response:
    """List the agents that the signed-in person let in."""
    server = authorization_server(request)
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse(f"/login?{urlencode({'next': AGENTS})}", 303)
    now = services(request).clock()
    grants = await server.grants.of(session.tenant, session.user)

    def view(grant: Grant) -> dict[str, object]:
        return {
            "id": grant.id,
            "name": grant.name,
            "is_verified": grant.is_verified,
            "client": grant.client,
            "host": redirect_host(grant.redirect_uri),
            "sentences": [SENTENCES[scope] for scope in grant.scopes],
            "since": ago(grant.created_at, now),
            "since_iso": rfc3339(grant.created_at),
            "used": ago(grant.used_at or grant.created_at, now),
            "used_iso": rfc3339(grant.used_at or grant.created_at),
        }

    return render(
        request,
        "agents.html",
        title="Agents that you let in",
        session=session,
        agents=[view(grant) for grant in grants],
        resource=server.resource,
    )


async def end_agent(request: Request) -> Response:
    """End the access of one agent."""
    server = authorization_server(request)
    check_origin(request)
    session = await require_session(request)
    form = await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    if not await server.grants.end(session.tenant, session.user, form.get("agent", "")):
        raise NotFound
    return RedirectResponse(AGENTS, 303)


def _packed(request: Request) -> str:
    """Return the client's request in one parameter.

    The page after a sign-in has it so already: its address may contain no other address, such as
    the redirect URI (``own_page``).
    """
    if request.query_params.keys() == {_PACKED}:
        return request.query_params[_PACKED]
    return pack(request.scope["query_string"].decode("latin-1"))


async def _read(
    request: Request, session: SessionCaller, packed: str
) -> tuple[AuthorizationRequest, ClientRedirect] | Response:
    """Return the client's request and where its answer goes, or the page that refuses it."""
    server, answer = authorization_server(request), None
    try:
        given = read_parameters(unpack(packed))
        answer = await server.client_redirect(given)
        return judge(given, answer, server.resource), answer
    except OAuth2Error as error:
        return _refusal(request, session, error, answer)


def _consent(
    request: Request, session: SessionCaller, asked: AuthorizationRequest, packed: str
) -> Response:
    return render(
        request,
        "agent.html",
        title="Let an agent in",
        session=session,
        client=asked.client,
        host=redirect_host(asked.redirect_uri),
        kind=redirect_kind(asked.redirect_uri).value,
        sentences=[SENTENCES[scope] for scope in asked.scopes],
        packed=packed,
        path=AUTHORIZE,
    )


def _leave(request: Request, answer: ClientRedirect, url: str) -> Response:
    """Lead on to the client. A page, not a redirect: see _leading_on.html."""
    page = render(
        request,
        "agent_leaving.html",
        title="Back to the agent",
        session=None,  # with this referrer policy, its sign-out form would not work
        url=url,
        host=redirect_host(answer.redirect_uri),
        client=answer.client,
    )
    page.headers.update(_NO_REFERRER)
    return page


def _refusal(
    request: Request, session: SessionCaller, error: OAuth2Error, answer: ClientRedirect | None
) -> Response:
    """Say why the client cannot be let in; a link leads back where the client is known."""
    back = None
    if answer is not None and not isinstance(error, UnknownClientError):
        back = {"url": answer.error_url(error), "host": redirect_host(answer.redirect_uri)}
    page = render(
        request,
        "agent_refused.html",
        title="This agent cannot be let in",
        session=session,
        posts=False,  # its referrer policy would break them
        status=400,
        reason=str(error.description or error.error),
        code=str(error.error),
        back=back,
        user=session.user,
    )
    page.headers.update(_NO_REFERRER)
    return page


ROUTES = [
    Route(AUTHORIZE, consent_page),
    Route(AUTHORIZE, consent, methods=["POST"]),
    Route(AGENTS, agents_page),
    Route(AGENTS + "/end", end_agent, methods=["POST"]),
]
