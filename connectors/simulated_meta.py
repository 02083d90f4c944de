"""Meta's side of a sign-in, for the sandbox files of its products.

By developers.facebook.com/docs: handling errors, manual login flow, long-lived tokens, permissions.
"""

from __future__ import annotations

from connectors.provider import LongLivedRules, Refusal, RefusedRequest, RevokeRules

_OVER = {"token", "refresh_token_unknown", "refresh_token_used", "grant_revoked"}
_EXCHANGE = {
    "grant_type": "fb_exchange_token",
    "client_id": "{client_id}",
    "client_secret": "{client_secret}",
    "fb_exchange_token": "{access_token}",
}
LONG_LIFE = 5_184_000
"""Seconds that a long-lived token lives: 60 days."""


def graph_error(status: int, code: int, message: str) -> Refusal:
    """An error of the Graph API."""
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "sandbox"}
    return Refusal(status, {"error": said})


def token_is_over(refused: RefusedRequest) -> Refusal | None:
    """The error for a token that works no more; ``None`` if another thing is wrong."""
    if refused.endpoint == "api" or refused.reason in _OVER:
        return graph_error(400, 190, "Error validating access token: Session has expired")
    return None


def facebook_refusal(refused: RefusedRequest) -> Refusal:
    """Why the token endpoint of Facebook's login, or the API behind it, refused."""
    if refused.reason == "client":
        return graph_error(400, 1, "Error validating client secret.")
    used = graph_error(400, 100, "This authorization code has been used.")
    return token_is_over(refused) or used


def code_refusal(refused: RefusedRequest) -> Refusal:
    """The same for Instagram and Threads: the endpoint of the code has a shape of its own."""
    said = {"error_type": "OAuthException", "code": 400, "error_message": refused.description}
    return token_is_over(refused) or Refusal(400, said)


def facebook_long_lived(graph: str) -> LongLivedRules:
    """One exchange at ``graph`` makes a token long-lived, and renews it."""
    address = f"{graph}/oauth/access_token"
    return LongLivedRules(
        exchange=address,
        exchange_params=_EXCHANGE,
        renew=address,
        renew_params=_EXCHANGE,
        seconds=LONG_LIFE,
    )


def long_lived(host: str, prefix: str) -> LongLivedRules:
    """The rules of Instagram and Threads: ``prefix`` begins the grant types (``ig``, ``th``)."""
    return LongLivedRules(
        exchange=f"{host}/access_token",
        exchange_params={
            "grant_type": f"{prefix}_exchange_token",
            "client_secret": "{client_secret}",
            "access_token": "{access_token}",
        },
        renew=f"{host}/refresh_access_token",
        renew_params={"grant_type": f"{prefix}_refresh_token", "access_token": "{access_token}"},
        seconds=LONG_LIFE,
    )


def permissions_deleted(graph: str) -> RevokeRules:
    """Deleting the app's permissions ends every token of the person."""
    return RevokeRules(
        address=f"{graph}/me/permissions",
        method="DELETE",
        token="api_header",
        reach="account",
        answer={"success": True},
    )
