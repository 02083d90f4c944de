"""Wrike, seen from its own side.

Sources: developers.wrike.com/oauth-20-authorization, …/overview, …/api/v4/contacts.
"""

from typing import Any

from connectors.provider import ApiAnswer
from connectors.sandbox import ApiCall, Refusal, rfc6749

_PEOPLE = (
    ("www.wrike.com", "KUASANA1", "Ana", "Diaz"),
    ("app-eu.wrike.com", "KUASBEN2", "Ben", "Okoro"),
)


def _fault(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, {"errorDescription": text, "error": code})


_DEAD = _fault(401, "not_authorized", "Access token is unknown or invalid")


def _contacts(host: str) -> ApiAnswer:
    """The contacts at one data centre, which takes nobody else's tokens."""

    def answer(call: ApiCall) -> dict[str, Any] | Refusal:
        if call.account.facts["host"] != host:
            return _DEAD
        if not {"wsReadOnly", "wsReadWrite"} & {*call.scopes}:
            return _fault(403, "access_forbidden", "The scope does not allow this")
        if call.query != {"me": "true"}:
            return _fault(400, "invalid_parameter", "Everybody's contacts are not simulated")
        known = {name: call.account.facts[name] for name in ("id", "firstName", "lastName")}
        return {"kind": "contacts", "data": [{**known, "type": "Person", "me": True}]}

    return answer


PROVIDER = rfc6749(
    "wrike",
    title="Wrike",
    authorize="login.wrike.com/oauth2/authorize/v4",
    token="login.wrike.com/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # the answer names a token; the rest is not documented
    expires_in=3600,
    answer=lambda issued: {"token_type": "bearer", "host": issued.account.facts["host"]},
    answer_without={"scope"},
    scopes="Default wsReadOnly wsReadWrite amReadOnlyUser amReadWriteUser amReadOnlyGroup",
    scope_separator=",",
    accounts={
        (number, f"{first} {last} ({host})"): {
            "host": host,
            "id": number,
            "firstName": first,
            "lastName": last,
        }
        for host, number, first, last in _PEOPLE
    },
    api_base="",
    api={f"{host}/api/v4/contacts": _contacts(host) for host, *_ in _PEOPLE},
    api_hosts={"*.wrike.com"},
    api_refusal=_DEAD,
)
