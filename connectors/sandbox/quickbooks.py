"""QuickBooks Online, by developer.intuit.com: OAuth 2.0, OpenID discovery, CompanyInfo.

How long the refresh token before the newest one works is not documented: not at all, here.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, RevokeRules, rfc6749


def _fault(status: int, code: str, message: str) -> Refusal:
    error = {"Message": message, "code": code}
    return Refusal(status, {"Fault": {"Error": [error], "type": "AuthenticationFault"}})


def _company(call: ApiCall) -> dict[str, Any] | Refusal:
    """The record of the token's own company; every other is refused."""
    known = call.account.facts
    realm, _, called = call.address.partition("/v3/company/")[2].partition("/")
    if realm != known["realm"]:
        return _fault(403, "003100", "message=ApplicationAuthorizationFailed")
    if "com.intuit.quickbooks.accounting" not in call.scopes:
        return _fault(403, "003101", "message=InsufficientScope")
    if called != f"companyinfo/{realm}":
        return {"QueryResponse": {}}
    return {"CompanyInfo": {"Id": "1", "CompanyName": known["company"]}}


PROVIDER = rfc6749(
    "quickbooks",
    title="QuickBooks",
    authorize="appcenter.intuit.com/connect/oauth2",
    token="oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    revoke=RevokeRules(
        address="developer.api.intuit.com/v2/oauth2/tokens/revoke",
        client_auth="basic",
        body_format="json",
    ),
    client_auth="basic",
    body_format="form",
    pkce="ignored",  # the discovery document names no code_challenge_methods_supported
    rotation="strict",
    expires_in=3600,
    answer={"x_refresh_token_expires_in": 8726400},
    answer_without={"scope"},
    api_refusal=_fault(401, "3200", "message=AuthenticationFailed"),
    required={"response_type": "code", "scope": None},
    scopes="com.intuit.quickbooks.accounting com.intuit.quickbooks.payment openid profile email",
    callback={"realmId": "realm"},
    accounts={
        (realm, company): {"realm": realm, "company": company}
        for realm, company in (
            ("9130347596842001", "Acme Bookkeeping"),
            ("4620816365002002", "Sandbox Company_US_1"),
        )
    },
    api_base="{production=quickbooks.api.intuit.com|sandbox=sandbox-quickbooks.api.intuit.com}"
    "/v3/company",
    api={"/*": _company},
)
