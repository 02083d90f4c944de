"""The endpoints of the authorization server that clients call: RFC 8414, 6749, 7009, 7591.

They answer in the forms of these RFCs, not in the gateway's own: OAuth clients know no others.
Where the authorization server is off, there is nothing at these addresses.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.authorization.clients import BASIC, NO_SECRET, POST
from gateway.authorization.errors import UnknownClientError
from gateway.authorization.metadata_documents import is_document_url
from gateway.authorization.server import (
    JWKS,
    METADATA,
    REGISTER,
    REVOKE,
    TOKEN,
    AuthorizationServer,
)
from gateway.engine.strict_json import read_object
from gateway.errors import NotFound, UnreadableResponse
from gateway.settings.limits import LimitName
from gateway.web.callers import address_of
from gateway.web.inputs import FORM, MAX_FIELDS, is_json, media_type
from gateway.web.state import services

_NO_STORE = {"Cache-Control": "no-store"}
Endpoint = Callable[[Request], Awaitable[Response]]


def authorization_server(request: Request) -> AuthorizationServer:
    """Return the authorization server; raise ``NotFound`` where it is off."""
    server = services(request).authorization
    if server is None:
        raise NotFound
    return server


def oauth_errors(endpoint: Endpoint) -> Endpoint:
    """Answer OAuth errors as RFC 6749 5.2 says."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuth2Error as error:
            status, headers = error.status_code, dict(_NO_STORE)
            if isinstance(error, InvalidClientError | UnknownClientError):
                status = 401
                headers["WWW-Authenticate"] = 'Basic realm="clients"'
            body = {"error": error.error, "error_description": str(error.description)}
            return JSONResponse(body, status, headers)

    return answer


async def metadata(request: Request) -> Response:
    """Tell clients what the server can do, and where (RFC 8414)."""
    return JSONResponse(authorization_server(request).metadata(), headers=_NO_STORE)


async def jwks(request: Request) -> Response:
    """Publish the keys that sign access tokens (RFC 7517)."""
    keys = await authorization_server(request).signing_keys.published()
    return JSONResponse(keys, headers=_NO_STORE)


@oauth_errors
async def token(request: Request) -> Response:
    """Exchange a code or a refresh token (RFC 6749 3.2)."""
    server = authorization_server(request)
    form = await _form(request)
    client_id = await _client(request, server, form)
    grant_type = _one(form, "grant_type")
    resources = form.get("resource", [])
    if grant_type == "authorization_code":
        tokens = await server.grants.exchange_code(
            _required(form, "code"),
            client_id=client_id,
            redirect_uri=_one(form, "redirect_uri"),
            verifier=_one(form, "code_verifier") or "",
            resources=resources,
        )
    elif grant_type == "refresh_token":
        tokens = await server.grants.exchange_refresh_token(
            _required(form, "refresh_token"),
            client_id=client_id,
            scope=_one(form, "scope"),
            resources=resources,
        )
    elif grant_type is None:
        raise InvalidRequestError("the request has no grant_type")
    else:
        raise UnsupportedGrantTypeError("")
    if not is_document_url(client_id):
        await server.registration.used(client_id)
    return JSONResponse(tokens, headers={**_NO_STORE, "Pragma": "no-cache"})


@oauth_errors
async def revoke(request: Request) -> Response:
    """End the grant of a token (RFC 7009). The answer does not tell whether there was one."""
    server = authorization_server(request)
    form = await _form(request)
    client_id = await _client(request, server, form)
    await server.revoke(_required(form, "token"), client_id)
    return Response(status_code=200, headers=_NO_STORE)


@oauth_errors
async def register(request: Request) -> Response:
    """Register a client (RFC 7591 3)."""
    server = authorization_server(request)
    await services(request).limits.spend(LimitName.CLIENT_REGISTRATIONS, address_of(request))
    if not is_json(request):
        raise InvalidRequestError("the Content-Type must be application/json")
    try:
        document = read_object(await request.body())
    except UnreadableResponse:
        raise InvalidRequestError("the body is not a JSON object") from None
    return JSONResponse(await server.registration.register(document), 201, _NO_STORE)


async def _form(request: Request) -> Mapping[str, list[str]]:
    """Return the fields of the form; only ``resource`` may come several times (RFC 8707)."""
    await services(request).limits.spend(LimitName.OAUTH_REQUESTS, address_of(request))
    if request.scope["query_string"]:
        raise InvalidRequestError("the address must have no parameters")
    if media_type(request.headers.get("content-type", "")) != FORM:
        raise InvalidRequestError(f"the Content-Type must be {FORM}")
    try:
        text = (await request.body()).decode()
        form = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise InvalidRequestError("the form cannot be read") from None
    if any(len(values) > 1 for name, values in form.items() if name != "resource"):
        raise InvalidRequestError("a field of the form came twice")
    return form


async def _client(
    request: Request, server: AuthorizationServer, form: Mapping[str, list[str]]
) -> str:
    """Return the id of the client that calls, after it proved its secret if it has one.

    The description of a client whose id is a URL is not fetched: it has no secret to check, and
    its grant names it.
    """
    if len(request.headers.getlist("authorization")) > 1:
        raise InvalidRequestError("there are two credentials")
    basic_id, basic_secret = None, None
    if "authorization" in request.headers:
        try:
            basic_id, basic_secret = extract_basic_authorization(
                {"Authorization": request.headers["authorization"]}
            )
        except ValueError:
            pass
        if basic_id is None:
            raise InvalidClientError("the credential cannot be read")
    said, secret = _one(form, "client_id"), _one(form, "client_secret")
    if basic_id is not None and (secret is not None or said not in {None, basic_id}):
        raise InvalidRequestError("the client names itself twice")
    client_id = basic_id or said
    if not client_id:
        raise InvalidClientError("the request names no client")
    method = BASIC if basic_secret else POST if secret else NO_SECRET
    if is_document_url(client_id):
        if method != NO_SECRET:
            raise InvalidClientError("this client has no secret")
        return client_id
    (await server.client(client_id)).authenticate(method, basic_secret or secret)
    return client_id


def _one(form: Mapping[str, list[str]], name: str) -> str | None:
    values = form.get(name)
    return values[0] if values and values[0] else None


def _required(form: Mapping[str, list[str]], name: str) -> str:
    value = _one(form, name)
    if value is None:
        raise InvalidRequestError(f"the request has no {name}")
    return value


ROUTES = [
    Route(METADATA, metadata),
    Route(JWKS, jwks),
    Route(TOKEN, token, methods=["POST"]),
    Route(REVOKE, revoke, methods=["POST"]),
    Route(REGISTER, register, methods=["POST"]),
]
