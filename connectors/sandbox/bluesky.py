"""Bluesky, by docs.bsky.app (createSession, getSession) and the lexicons and server of atproto."""

from typing import Any

from connectors.sandbox import ExchangeRules, IssuedKeyToken, Place, Refusal, facts, key_provider


def _session(issued: IssuedKeyToken) -> dict[str, Any]:
    return {"accessJwt": issued.access_token, "refreshJwt": f"refresh-{issued.access_token}"}


PROVIDER = key_provider(
    "bluesky",
    title="Bluesky",
    keys={
        "acme": {"handle": "acme.bsky.social", "password": "acme-acme-0123-4567"},
        "globex": {"handle": "globex.example", "password": "glob-exgl-0123-4567"},
    },
    headers={"authorization": "Bearer {access_token}"},
    refusal=Refusal(400, {"error": "InvalidToken", "message": "Token could not be verified"}),
    exchange=ExchangeRules(
        address="bsky.social/xrpc/com.atproto.server.createSession",
        place=Place(body={"identifier": "{handle}", "password": "{password}"}),
        body_format="json",
        seconds=7200,
        answer=_session,
        refusal=Refusal(
            401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
        ),
    ),
    api={"/com.atproto.server.getSession": facts("did", "handle")},
    api_base="bsky.social/xrpc",
    facts={
        "acme": {"did": "did:plc:acmeacmeacmeacmeacmeacme", "handle": "acme.bsky.social"},
        "globex": {"did": "did:plc:globexglobexglobexglobex", "handle": "globex.example"},
    },
)
