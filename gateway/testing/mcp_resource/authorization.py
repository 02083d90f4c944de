"""The checks of metadata, challenges and tokens (RFC 9728, RFC 6750, RFC 8707)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from gateway.testing.mcp_resource.target import Answer, Failed, Target, check, is_secure, require


async def _document(target: Target, url: str) -> Mapping[str, Any]:
    answer = await target.http.get(url, headers={"Accept": "application/json"})
    require(answer.status_code == 200, f"{url} answers {answer.status_code}")
    try:
        document = answer.json()
    except ValueError:
        raise Failed(f"{url} is not JSON") from None
    require(isinstance(document, dict), f"{url} is not a JSON object")
    return dict(document)


@check(8)
async def metadata_is_at_the_path_of_the_resource(target: Target) -> None:
    """The metadata is at the well-known address with the resource's path inserted."""
    await _document(target, target.metadata_urls[0])


@check(8)
async def metadata_is_at_the_root(target: Target) -> None:
    """The same metadata is at the well-known address of the root."""
    inserted, root = target.metadata_urls
    require(
        await _document(target, root) == await _document(target, inserted),
        "the two addresses have different documents",
    )


@check(8)
async def metadata_names_the_url_that_clients_use(target: Target) -> None:
    """``resource`` equals the URL of the server."""
    found = (await _document(target, target.metadata_urls[0])).get("resource")
    require(found == target.url, f"resource is {found}")


@check(8)
async def metadata_names_an_authorization_server(target: Target) -> None:
    """There is at least one authorization server, with an https address."""
    found = (await _document(target, target.metadata_urls[0])).get("authorization_servers")
    require(isinstance(found, list) and bool(found), f"authorization_servers is {found}")
    for issuer in found or ():
        require(is_secure(str(issuer)), f"{issuer} is not https")


@check(8)
async def metadata_lists_no_offline_access(target: Target) -> None:
    """``offline_access`` is between a client and its authorization server."""
    found = (await _document(target, target.metadata_urls[0])).get("scopes_supported", [])
    require("offline_access" not in found, "scopes_supported has offline_access")


@check(8)
async def metadata_offers_the_header_alone(target: Target) -> None:
    """Bearer tokens are taken in the header, and not in a URL or a form."""
    found = (await _document(target, target.metadata_urls[0])).get("bearer_methods_supported")
    require(found in (None, ["header"]), f"bearer_methods_supported is {found}")


@check(9)
async def a_request_without_a_credential_is_challenged(target: Target) -> None:
    """401 with the address of the metadata."""
    answer = await target.send(None)
    require(answer.status == 401, f"it answers {answer.status}")
    found = answer.challenge.get("resource_metadata")
    require(found in target.metadata_urls, f"resource_metadata is {found}")


@check(9)
async def a_request_without_a_credential_has_no_error_code(target: Target) -> None:
    """Nothing is wrong with it yet (RFC 6750 3.1)."""
    found = (await target.send(None)).challenge.get("error")
    require(found is None, f"error is {found}")


@check(9)
async def the_challenge_names_the_scopes_to_ask_for(target: Target) -> None:
    """``scope`` is there, without ``offline_access``."""
    found = (await target.send(None)).challenge.get("scope", "").split()
    require(bool(found), "there is no scope")
    require("offline_access" not in found, "scope has offline_access")


@check(9)
async def a_bad_token_is_called_invalid(target: Target) -> None:
    """401 with ``invalid_token``, which makes a client get a new one."""
    _require_refused(await target.send("not-a-token"))


@check(9)
async def a_malformed_credential_is_a_bad_request(target: Target) -> None:
    """400 with ``invalid_request``."""
    answer = await target.send(None, headers={"Authorization": "Bearer a b"})
    require(answer.status == 400, f"it answers {answer.status}")
    found = answer.challenge.get("error")
    require(found == "invalid_request", f"error is {found}")


@check(9)
async def a_token_that_is_too_small_is_told_all_scopes_of_the_call(target: Target) -> None:
    """403 with ``insufficient_scope``, the metadata, and scopes that the token lacks."""
    token = target.token("small")
    answer = await target.call(token, target.tool("write"))
    require(answer.status == 403, f"it answers {answer.status}")
    said = answer.challenge
    require(said.get("error") == "insufficient_scope", f"error is {said.get('error')}")
    require(said.get("resource_metadata") in target.metadata_urls, "resource_metadata is missing")
    asked, has = set(said.get("scope", "").split()), _scopes(token)
    require(bool(asked - has), f"scope names nothing that the token lacks: {sorted(asked)}")
    wide = _scopes(target.token())
    require(asked <= wide, f"scope names {sorted(asked - wide)}, which the call does not need")
    allowed = await target.send(token)
    require(allowed.status == 200, f"the small token is refused everywhere: {allowed.status}")


@check(9)
async def a_good_token_is_accepted(target: Target) -> None:
    """The counter-check of all refusals."""
    answer = await target.send(target.token())
    require(answer.status == 200, f"it answers {answer.status}")
    require(isinstance(answer.result.get("tools"), list), "the result has no tools")


@check(10)
async def an_expired_token_is_refused(target: Target) -> None:
    """``exp`` counts."""
    _require_refused(await target.send(target.token("expired")))


@check(10)
async def a_token_of_another_issuer_is_refused(target: Target) -> None:
    """``iss`` counts, and so do the keys."""
    _require_refused(await target.send(target.token("other_issuer")))


@check(10)
async def a_token_for_another_audience_is_refused(target: Target) -> None:
    """``aud`` counts: a token for another server is not passed through."""
    _require_refused(await target.send(target.token("other_audience")))


@check(10)
async def an_unsigned_token_is_refused(target: Target) -> None:
    """The algorithm ``none`` is not accepted, in any spelling."""
    _, claims, _ = _parts(target)
    for name in ("none", "None", "NONE"):
        head = _encoded({"alg": name, "typ": "at+jwt"})
        _require_refused(await target.send(f"{head}.{claims}."))


@check(10)
async def a_token_with_changed_claims_is_refused(target: Target) -> None:
    """The signature covers the claims."""
    head, claims, signature = _parts(target)
    changed = _encoded(_decoded(claims) | {"sub": "somebody-else"})
    _require_refused(await target.send(f"{head}.{changed}.{signature}"))


@check(10)
async def a_token_with_a_shared_secret_is_refused(target: Target) -> None:
    """An algorithm with a shared secret never verifies with a public key."""
    head, claims, _ = _parts(target)
    confused = _encoded(_decoded(head) | {"alg": "HS256"})
    signed = f"{confused}.{claims}"
    for secret in (b"", b"secret"):
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        _require_refused(await target.send(f"{signed}.{_base64(mac)}"))


@check(10)
async def a_token_in_the_url_is_refused(target: Target) -> None:
    """URLs end up in logs and histories."""
    answer = await target.send(None, query=f"access_token={target.token()}")
    require(answer.status in {400, 401}, f"it answers {answer.status}")


@check(10)
async def every_request_needs_a_token(target: Target) -> None:
    """Neither a session id nor an earlier request stands for a token."""
    first = await target.send(target.token())
    require(first.status == 200, f"a good token is answered {first.status}")
    session = first.http.headers.get("mcp-session-id", "any")
    for headers in ({}, {"Mcp-Session-Id": session}):
        answer = await target.send(None, headers=headers)
        require(answer.status == 401, f"without a token it answers {answer.status}")


@check(10)
async def no_answer_repeats_the_token(target: Target) -> None:
    """The token stays with the server."""
    token = target.token()
    for answer in (await target.send(token), await target.send(token, "no/such_method")):
        seen = answer.http.text + str(answer.http.headers)
        require(token not in seen, "an answer has the token in it")


@check(11)
async def a_token_without_a_resource_is_bound_to_this_server(target: Target) -> None:
    """Clients that send no ``resource`` still get a token for this audience alone."""
    token = target.token("without_resource")
    audience = _decoded(token.split(".")[1]).get("aud")
    require(audience in (target.url, [target.url]), f"aud is {audience}")
    answer = await target.send(token)
    require(answer.status == 200, f"it answers {answer.status}")


def _require_refused(answer: Answer) -> None:
    require(answer.status == 401, f"it answers {answer.status}")
    found = answer.challenge.get("error")
    require(found == "invalid_token", f"error is {found}")


def _scopes(token: str) -> set[str]:
    return set(str(_decoded(token.split(".")[1]).get("scope", "")).split())


def _parts(target: Target) -> tuple[str, str, str]:
    head, claims, signature = target.token().split(".")
    return head, claims, signature


def _decoded(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _encoded(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
