"""Our descriptions at authorization servers that know no client: client id metadata documents."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.added import NAME
from gateway.errors import NotFound
from gateway.integrations.mcp_client.registration import client_document, is_public
from gateway.web.state import services
from gateway.wiring.process import redirect_uri

_ISSUER = re.compile(r"[0-9a-f]{16}")
_HEADERS = {"Cache-Control": "public, max-age=3600"}


async def document(request: Request) -> Response:
    """Describe the client of an integration, for anyone.

    Each well-formed address has one: whether a tenant has the integration is nothing for strangers.
    The client can do nothing but send browsers to the callback of that name.
    """
    name, issuer = request.path_params["connector"], request.path_params["issuer"]
    settings = services(request).settings
    if not (NAME.fullmatch(name) and _ISSUER.fullmatch(issuer) and is_public(settings.public_url)):
        raise NotFound
    url = f"{settings.public_url}{request.url.path}"
    return JSONResponse(client_document(url, redirect_uri(settings, name)), headers=_HEADERS)


ROUTES = [Route("/oauth/client/{connector}/{issuer}", document)]
