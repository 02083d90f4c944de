"""The credential of a request: one bearer token in ``Authorization`` (RFC 6750 2.1)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway.errors import CredentialMalformed, Unauthorized

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_IN_QUERY = frozenset({"access_token", "token", "api_key"})


def bearer_credential(request: Request) -> str:
    """Return the one credential; raise ``Unauthorized`` or ``CredentialMalformed``."""
    _check_query(request.scope["query_string"])
    given = request.headers.getlist("authorization")
    if len(given) > 1:
        raise CredentialMalformed("the header Authorization came twice")
    scheme, _, credential = (given[0] if given else "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("send an access token: Authorization: Bearer …")
    credential = credential.strip(" ")
    if not _TOKEN.fullmatch(credential):
        raise CredentialMalformed("the header Authorization has no readable bearer token")
    return credential


def _check_query(query: bytes) -> None:
    """Refuse a credential in the URL: it would end up in logs and histories (RFC 9700 4.3.2)."""
    names = {name.lower() for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
    if names & _IN_QUERY:
        raise CredentialMalformed("a credential is accepted in the header Authorization alone")
