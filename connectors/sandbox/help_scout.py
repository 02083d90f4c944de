"""Help Scout, by developer.helpscout.com/mailbox-api: authentication, get resource owner."""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "help-scout",
    title="Help Scout",
    authorize="secure.helpscout.net/authentication/authorizeClientApplication",
    token="api.helpscout.net/v2/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=172_800,
    answer_without={"scope"},
    scopes="",
    accounts={
        (str(user), name): {"id": user, "firstName": name.split()[0], "email": email}
        for user, name, email in (
            (400001, "Ana Diaz", "ana@acme.example"),
            (400002, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.helpscout.net/v2",
    api={"/users/me": facts("id", "firstName", "email")},
)
