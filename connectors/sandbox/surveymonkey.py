"""SurveyMonkey, seen from its own side: an app with users_read, surveys_read and responses_read.

Sources: api.surveymonkey.com/v3/docs (authentication, access URL, users/me),
SurveyMonkey/public_api_docs.
"""

from connectors.provider import ApiAnswer
from connectors.sandbox import Refusal, facts, rfc6749

_DEAD = Refusal(
    401,
    {
        "error": {
            "id": "1011",
            "name": "Authorization Error",
            "message": "The authorization token provided was invalid.",
            "http_status_code": 401,
        }
    },
)
_PEOPLE = (
    ("api.surveymonkey.com", "900001", "Ana Diaz", "ana.diaz@example.com"),
    ("api.eu.surveymonkey.com", "900002", "Ben Okoro", "ben.okoro@example.com"),
)


def _me(host: str) -> ApiAnswer:
    """The answer of one data centre, which takes nobody else's tokens."""
    known = facts("id", "username", "email")
    return lambda call: known(call) if call.account.facts["host"] == host else _DEAD


PROVIDER = rfc6749(
    "surveymonkey",
    title="SurveyMonkey",
    authorize="api.surveymonkey.com/oauth/authorize",
    token="api.surveymonkey.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer=lambda issued: {
        "token_type": "bearer",
        "access_url": f"https://{issued.account.facts['host']}",
    },
    scopes="",
    accounts={
        (number, f"{name} ({email})"): {
            "host": host,
            "id": number,
            "username": name.replace(" ", ""),
            "email": email,
        }
        for host, number, name, email in _PEOPLE
    },
    api_base="",
    api={f"{host}/v3/users/me": _me(host) for host, *_ in _PEOPLE},
    api_hosts={"api.surveymonkey.com", "api.eu.surveymonkey.com", "api.surveymonkey.ca"},
    api_refusal=_DEAD,
)
