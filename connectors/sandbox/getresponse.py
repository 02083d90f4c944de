"""GetResponse, by apidocs.getresponse.com/v3: OAuth 2, get account.

What a refresh does to its token is not known: RFC 6749 is taken.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "getresponse",
    title="GetResponse",
    authorize="app.getresponse.com/oauth2_authorize.html",
    token="api.getresponse.com/v3/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=86_400,
    api_refusal=Refusal(
        401,
        {
            "httpStatus": 401,
            "code": 1014,
            "codeDescription": "Problem during authentication process",
        },
    ),
    scopes="",
    accounts={
        (key, name): {"accountId": key, "firstName": name.split()[0], "email": email}
        for key, name, email in (
            ("Vsa1", "Ana Diaz", "ana@acme.example"),
            ("Vsb2", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.getresponse.com/v3",
    api={"/accounts": facts("accountId", "firstName", "email")},
)
