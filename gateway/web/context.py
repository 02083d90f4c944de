"""What a handler asks about its request: the services, the caller, the body, the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from gateway.access.assertions import HEADER
from gateway.access.bounds import Bounds
from gateway.access.service_keys import KeyCaller, Role
from gateway.access.sessions import SessionCaller
from gateway.audit.context import act_as
from gateway.errors import (
    AssertionInvalid,
    AssertionRequired,
    Forbidden,
    InvalidRequest,
    NotSignedIn,
    Unauthorized,
    WrongHost,
)
from gateway.settings.limits import LimitName
from gateway.store.audit import Action, Actor, ActorKind
from gateway.web.address import client_address

if TYPE_CHECKING:
    from gateway.wiring.process import Services

MAX_BODY = 64 * 1024
BODY_SECONDS = 30.0
"""From the end of a request's headers to the end of its body."""
MAX_FIELDS = 50
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A request model: no coercion and no unknown fields (security F4)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def services(request: Request) -> Services:
    """The services of this application."""
    return request.state["services"]  # type: ignore[no-any-return]


def request_id(request: Request) -> str:
    """The id under which this request is logged."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def address_of(request: Request) -> str:
    """The address that limits are counted for."""
    return client_address(request, services(request).settings.proxy_hops)


def cookie_name(request: Request, name: str) -> str:
    """The full name of a cookie: ``__Host-`` binds it to this host, where https allows it (G1)."""
    return f"__Host-{name}" if services(request).settings.secure else name


def session_cookie(request: Request) -> str | None:
    """The value of the session cookie."""
    return request.cookies.get(cookie_name(request, "gateway_session"))


async def find_session(request: Request) -> SessionCaller | None:
    """The signed-in person, if any."""
    session = await services(request).sessions.find(session_cookie(request))
    if session is not None:
        act_as(Actor(ActorKind.SESSION, user=session.user))
    return session


async def require_session(request: Request) -> SessionCaller:
    """The signed-in person; raises ``NotSignedIn``."""
    session = await find_session(request)
    if session is None:
        raise NotSignedIn
    await services(request).limits.spend(LimitName.SESSION_REQUESTS, session.session_id)
    return session


async def require_key(request: Request, role: Role) -> KeyCaller:
    """The tool server behind this request; raises ``Unauthorized``, ``Forbidden`` or ``RateLimited``."""
    limits = services(request).limits
    try:
        # Who guesses is not given another look-up. Tools whose keys work and are remembered go on,
        # even those that share the address with who guesses.
        caller = await services(request).keys.authenticate(
            request.headers.get("authorization"),
            admit=lambda: limits.check(LimitName.KEY_FAILURES, address_of(request)),
        )
    except Unauthorized:
        await limits.spend(LimitName.KEY_FAILURES, address_of(request))
        raise
    act_as(caller.actor)
    request.state["key"] = caller
    await limits.spend(
        LimitName.TOKEN_READS if role is Role.TOKENS else LimitName.API_CALLS, caller.key_id
    )
    caller.require(role)
    return caller


def note_refusal(request: Request, error: Exception, code: str) -> None:
    """Write down that a valid key was used for what it does not allow, if that is what ``error`` says."""
    caller: KeyCaller | None = request.scope.get("state", {}).get("key")
    if caller is None or not isinstance(error, (Forbidden, AssertionRequired, AssertionInvalid)):
        return
    given, name = services(request), request.path_params.get("name")
    given.audit.note(
        Action.KEY_REFUSED,
        tenant=caller.tenant,
        subject=caller.key_id,
        outcome=code,
        connector=name if name in given.catalog.names() else None,
    )


def bounds_of(request: Request, caller: KeyCaller) -> Bounds:
    """What a call with a key can reach; raises ``AssertionRequired`` or ``AssertionInvalid``."""
    if caller.assertion_keys is None:
        return caller.bounds
    given = services(request)
    return caller.bounds_with(
        request.headers.getlist(HEADER), audience=given.settings.public_url, now=given.clock()
    )


def check_host(request: Request) -> None:
    """Raise ``WrongHost`` if a browser came by another name than the configured one (A13).

    Cookies and redirect URIs belong to one origin; under another name the flow cannot work.
    """
    public_url = services(request).settings.public_url
    if request.headers.get("host") != public_url.partition("://")[2]:
        raise WrongHost(f"Open it at {public_url}")


def check_origin(request: Request) -> None:
    """Raise ``Forbidden`` unless this came from one of our own pages (security A6, G2)."""
    check_host(request)
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in {None, "same-origin"} or origin != services(request).settings.public_url:
        raise Forbidden("this request did not come from the gateway's own page")


async def read_json(request: Request, model: type[Model]) -> Model:
    """The JSON body as ``model``; raises ``InvalidRequest`` naming each field that is wrong."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise InvalidRequest(f"the Content-Type must be {JSON}")
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        # Never the input itself: it may be a key in the wrong field.
        found = error.errors(include_input=False, include_url=False, include_context=False)
        problems = {".".join(map(str, item["loc"])) or "body": item["msg"] for item in found[:20]}
    except RecursionError:
        problems = {"body": "nested too deeply"}
    text = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
    raise InvalidRequest(text[:1000], problems)


def read_query(request: Request, *names: str) -> dict[str, str]:
    """The address's parameters, each of ``names`` at most once (security F4).

    Raises ``InvalidRequest`` for any other name (``user[$ne]`` is one), for one that came twice, and
    for what cannot be read: a framework's view of it would have picked one of several meanings.
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


async def read_form(request: Request) -> dict[str, str]:
    """The form's fields; raises ``InvalidRequest`` if it cannot be read or a field came twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidRequest(f"the Content-Type must be {FORM}")
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise InvalidRequest("the form cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequest("a field of the form came twice")
    return fields


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON


def wants_page(request: Request) -> bool:
    """Whether the caller is a browser that shows the answer to a person."""
    return "text/html" in request.headers.get("accept", "")
