"""A small protected MCP server that is right, and can be wrong in one way at a time.

It judges the runner: each fault has to be noticed by the check that is named beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

ORIGIN = "http://localhost:9999"
URL = f"{ORIGIN}/mcp"
ISSUER = "https://as.example.com"
NOW = 1_800_000_000
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
SCOPES = "read write"
METADATA = "/.well-known/oauth-protected-resource"

FAULTS = {
    "metadata_at_the_root_alone": "metadata_is_at_the_path_of_the_resource",
    "no_metadata_at_the_root": "metadata_is_at_the_root",
    "other_metadata_at_the_root": "metadata_is_at_the_root",
    "resource_is_the_host": "metadata_names_the_url_that_clients_use",
    "resource_with_a_slash": "metadata_names_the_url_that_clients_use",
    "no_authorization_server": "metadata_names_an_authorization_server",
    "plain_authorization_server": "metadata_names_an_authorization_server",
    "offline_access_in_metadata": "metadata_lists_no_offline_access",
    "query_in_metadata": "metadata_offers_the_header_alone",
    "no_challenge": "a_request_without_a_credential_is_challenged",
    "forbidden_without_a_credential": "a_request_without_a_credential_is_challenged",
    "challenge_leads_elsewhere": "a_request_without_a_credential_is_challenged",
    "error_without_a_credential": "a_request_without_a_credential_has_no_error_code",
    "no_scope_in_the_challenge": "the_challenge_names_the_scopes_to_ask_for",
    "offline_access_in_the_challenge": "the_challenge_names_the_scopes_to_ask_for",
    "bad_token_without_an_error": "a_bad_token_is_called_invalid",
    "malformed_is_401": "a_malformed_credential_is_a_bad_request",
    "small_token_is_401": "a_token_that_is_too_small_is_told_all_scopes_of_the_call",
    "small_token_without_scopes": "a_token_that_is_too_small_is_told_all_scopes_of_the_call",
    "small_token_is_told_what_it_has": "a_token_that_is_too_small_is_told_all_scopes_of_the_call",
    "small_token_is_enough": "a_token_that_is_too_small_is_told_all_scopes_of_the_call",
    "good_token_is_refused": "a_good_token_is_accepted",
    "expiry_ignored": "an_expired_token_is_refused",
    "issuer_ignored": "a_token_of_another_issuer_is_refused",
    "audience_ignored": "a_token_for_another_audience_is_refused",
    "unsigned_accepted": "an_unsigned_token_is_refused",
    "signature_ignored": "a_token_with_changed_claims_is_refused",
    "empty_secret_accepted": "a_token_with_a_shared_secret_is_refused",
    "token_in_the_url_accepted": "a_token_in_the_url_is_refused",
    "session_is_enough": "every_request_needs_a_token",
    "token_in_the_answer": "no_answer_repeats_the_token",
    "token_for_everything": "a_token_without_a_resource_is_bound_to_this_server",
    "no_page": "a_missing_account_asks_for_a_page",
    "page_without_a_message": "a_missing_account_asks_for_a_page",
    "plain_page": "a_missing_account_asks_for_a_page",
    "form_in_place_of_a_page": "a_missing_account_asks_for_a_page",
    "token_in_the_page": "the_page_has_no_secret_in_its_address",
    "page_leads_to_the_provider": "the_page_is_not_signed_in_by_its_address",
    "page_signs_in": "the_page_is_not_signed_in_by_its_address",
    "accept_is_done": "accept_does_not_mean_done",
    "decline_asks_again": "decline_ends_cleanly",
    "state_of_anybody": "state_of_another_user_is_refused",
    "state_in_clear": "changed_state_is_refused",
    "page_without_url_mode": "a_client_without_url_mode_gets_text_with_the_address",
    "text_without_the_address": "a_client_without_url_mode_gets_text_with_the_address",
    "address_in_text_alone": "a_client_without_url_mode_gets_text_with_the_address",
    "healthy_is_told_to_connect": "a_healthy_account_is_never_told_to_connect",
}
"""Fault -> the check that has to notice it."""


def token(**changes: Any) -> str:
    """A good access token, but for what is changed."""
    claims = {
        "iss": ISSUER,
        "aud": URL,
        "sub": "alice",
        "scope": SCOPES,
        "exp": NOW + 600,
        **changes,
    }
    return jwt.encode({"alg": "ES256", "kid": "k1"}, claims, KEY)


class Resource:
    """The server, with at most one fault."""

    def __init__(self, fault: str = "") -> None:
        assert fault in FAULTS or not fault
        self._fault = fault

    def tokens(self) -> dict[str, str]:
        """The tokens that its owner gives to the runner."""
        anywhere = [URL, "https://other.example"] if self._has("token_for_everything") else URL
        return {
            "good": token(),
            "small": token(scope="read"),
            "expired": token(exp=NOW - 600),
            "other_audience": token(aud="https://other.example"),
            "other_issuer": token(iss="https://other.example"),
            "other_user": token(sub="bob"),
            "without_resource": token(aud=anywhere),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._answer(request)
        await answer(scope, receive, send)

    def _has(self, fault: str) -> bool:
        return self._fault == fault

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if path == "/connect":
            return self._connect_page()
        if path.startswith(METADATA):
            return self._metadata(path)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._has("token_in_the_url_accepted") and not given:
            given = parse_qs(request.url.query).get("access_token", [""])[0]
        if not given:
            if self._has("session_is_enough") and "mcp-session-id" in request.headers:
                return await self._serve(request, json.loads(b'{"sub":"alice"}'), given)
            return self._unknown()
        if " " in given and not self._has("malformed_is_401"):
            return self._refuse(400, "invalid_request")
        claims = self._claims(given)
        if claims is None:
            return self._refuse(
                401, "" if self._has("bad_token_without_an_error") else "invalid_token"
            )
        return await self._serve(request, claims, given)

    def _metadata(self, path: str) -> Response:
        at_root = path == METADATA
        missing = "no_metadata_at_the_root" if at_root else "metadata_at_the_root_alone"
        if self._has(missing):
            return Response(status_code=404)
        resource, servers, scopes = URL, [ISSUER], SCOPES.split()
        if self._has("resource_is_the_host") or (
            at_root and self._has("other_metadata_at_the_root")
        ):
            resource = ORIGIN
        if self._has("resource_with_a_slash"):
            resource = URL + "/"
        if self._has("no_authorization_server"):
            servers = []
        if self._has("plain_authorization_server"):
            servers = ["http://as.example.com"]
        if self._has("offline_access_in_metadata"):
            scopes = [*scopes, "offline_access"]
        methods = ["header", "query"] if self._has("query_in_metadata") else ["header"]
        return JSONResponse(
            {
                "resource": resource,
                "authorization_servers": servers,
                "scopes_supported": scopes,
                "bearer_methods_supported": methods,
            }
        )

    def _unknown(self) -> Response:
        if self._has("no_challenge"):
            return Response(status_code=401)
        if self._has("forbidden_without_a_credential"):
            return self._refuse(403, "")
        return self._refuse(401, "invalid_token" if self._has("error_without_a_credential") else "")

    def _refuse(self, status: int, error: str, scope: str = "read") -> Response:
        place = "/elsewhere" if self._has("challenge_leads_elsewhere") else f"{METADATA}/mcp"
        said = {"resource_metadata": ORIGIN + place}
        if self._has("offline_access_in_the_challenge"):
            scope = f"{scope} offline_access"
        if scope and not self._has("no_scope_in_the_challenge"):
            said["scope"] = scope
        if error:
            said["error"] = error
        value = "Bearer " + ", ".join(f'{name}="{text}"' for name, text in said.items())
        return Response(status_code=status, headers={"WWW-Authenticate": value})

    def _claims(self, given: str) -> dict[str, Any] | None:
        try:
            head, body, signature = given.split(".")
            algorithm = json.loads(_bytes(head))["alg"]
            claims: dict[str, Any] = json.loads(_bytes(body))
        except (ValueError, KeyError):
            return None
        if algorithm.lower() == "none":
            proven = self._has("unsigned_accepted")
        elif algorithm == "HS256":
            mac = hmac.new(b"", f"{head}.{body}".encode(), hashlib.sha256).digest()
            proven = self._has("empty_secret_accepted") and mac == _bytes(signature)
        else:
            proven = self._has("signature_ignored") or _is_signed(given)
        fits = {
            "issuer_ignored": claims["iss"] == ISSUER,
            "audience_ignored": URL in (claims["aud"], *claims["aud"]),
            "expiry_ignored": claims["exp"] > NOW,
        }
        proven = proven and all(ok or self._has(fault) for fault, ok in fits.items())
        return claims if proven and not self._has("good_token_is_refused") else None

    async def _serve(self, request: Request, claims: dict[str, Any], given: str) -> Response:
        message = await request.json()
        params, method = message["params"], message["method"]
        said: dict[str, Any]
        if method == "tools/list":
            said = {"result": {"resultType": "complete", "tools": []}}
        elif method != "tools/call":
            echoed = given if self._has("token_in_the_answer") else ""
            said = {"error": {"code": -32601, "message": f"no such method {echoed}"}}
        elif params["name"] == "write":
            if "write" not in claims["scope"] and not self._has("small_token_is_enough"):
                return self._too_small()
            said = {"result": _text("written")}
        elif params["name"] == "healthy":
            said = {"result": _text("fine")}
            if self._has("healthy_is_told_to_connect"):
                said = self._please_connect(params, claims, given)
        else:
            said = self._please_connect(params, claims, given)
        headers = {"Mcp-Session-Id": "s1"}
        return JSONResponse({"jsonrpc": "2.0", "id": message["id"], **said}, headers=headers)

    def _too_small(self) -> Response:
        if self._has("small_token_is_401"):
            return self._refuse(401, "invalid_token")
        scope = "read write"
        if self._has("small_token_without_scopes"):
            scope = ""
        if self._has("small_token_is_told_what_it_has"):
            scope = "read"
        return self._refuse(403, "insufficient_scope", scope)

    def _please_connect(
        self, params: dict[str, Any], claims: dict[str, Any], given: str
    ) -> dict[str, Any]:
        meta = params["_meta"]
        declared = meta["io.modelcontextprotocol/clientCapabilities"]
        url = "http://other.example/connect" if self._has("plain_page") else f"{ORIGIN}/connect"
        if self._has("token_in_the_page"):
            url += f"?token={given}"
        if "requestState" in params:
            return self._retried(params, claims, url)
        has_url_mode = "url" in declared.get("elicitation", {})
        if (has_url_mode and not self._has("no_page")) or self._has("page_without_url_mode"):
            return {"result": self._input_required(claims, url)}
        return {"result": self._told(url)}

    def _retried(self, params: dict[str, Any], claims: dict[str, Any], url: str) -> dict[str, Any]:
        sub, _, mac = str(params["requestState"]).partition(".")
        refused = {"error": {"code": -32602, "message": "not your state"}}
        if mac != _mac(sub) and not self._has("state_in_clear"):
            return refused
        if sub != claims["sub"] and not (
            self._has("state_of_anybody") or self._has("state_in_clear")
        ):
            return refused
        if params["inputResponses"]["page"]["action"] == "accept":
            done = self._has("accept_is_done")
            return {"result": _text("done") if done else self._input_required(claims, url)}
        if self._has("decline_asks_again"):
            return {"result": self._input_required(claims, url)}
        return {"result": self._told(url)}

    def _input_required(self, claims: dict[str, Any], url: str) -> dict[str, Any]:
        asked = {"mode": "url", "message": "Please connect", "url": url}
        if self._has("page_without_a_message"):
            asked["message"] = ""
        if self._has("form_in_place_of_a_page"):
            asked["mode"] = "form"
        return {
            "resultType": "input_required",
            "inputRequests": {"page": {"method": "elicitation/create", "params": asked}},
            "requestState": f"{claims['sub']}.{_mac(claims['sub'])}",
        }

    def _told(self, url: str) -> dict[str, Any]:
        told = "somewhere" if self._has("text_without_the_address") else url
        data = {} if self._has("address_in_text_alone") else {"connect_url": url}
        return _text(f"Please connect at {told}") | {"isError": True, "structuredContent": data}

    def _connect_page(self) -> Response:
        if self._has("page_leads_to_the_provider"):
            return RedirectResponse("https://provider.example/authorize", 303)
        if self._has("page_signs_in"):
            return Response("signed in", headers={"Set-Cookie": "session=1"})
        return RedirectResponse("/login", 303)


def _text(text: str) -> dict[str, Any]:
    return {"resultType": "complete", "content": [{"type": "text", "text": text}]}


def _mac(text: str) -> str:
    return hmac.new(b"secret of the server", text.encode(), hashlib.sha256).hexdigest()


def _is_signed(given: str) -> bool:
    try:
        jwt.decode(given, KEY, algorithms=["ES256"])
    except Exception:  # whatever is wrong with it
        return False
    return True


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
