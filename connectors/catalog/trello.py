"""Trello connector: a pasted API key and a token for it.

Quirks:
1. Key and token go into the query of every call.
2. The key names an app and is no secret; the token is a person's consent to that app. A wrong one
   of either is 401, and the answer is plain text.

Console: an app (Power-Up) has its key on the page "API key". Beside it, "Token" leads to the page
on which the person agrees.

Scopes: none are requested here. The token has what the person agreed to; tools read and write.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

ADMIN = "https://trello.com/power-ups/admin"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="trello",
        display_name="Trello",
        description="Boards, lists and cards: see what is to be done, and add to it.",
        category="productivity",
        docs_url="https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/",
        console_url=ADMIN,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.trello.com/1",
        key=KeyMethod(
            inputs={
                "api_key": ConnectionInput(
                    title="API key",
                    description="The key of your app.",
                    example="0123456789abcdef0123456789abcdef",
                    pattern=r"[0-9a-f]{32}",
                    where=ADMIN,
                ),
                "token": ConnectionInput(
                    title="Token",
                    description="The token that Trello shows after you agree.",
                    example="ATTA0123456789abcdef" + "0123456789abcdef" * 3 + "01234567",
                    pattern=r"[A-Za-z0-9]{60,100}",
                    secret=True,
                    where=ADMIN,
                ),
            },
            api_query={"key": "${api_key}", "token": "${token}"},  # quirk 1
            verify=Verify(
                url="https://api.trello.com/1/members/me",
                refused_statuses=(401,),  # quirk 2
            ),
            account=account_lookup(id="id", label="fullName"),
        ),
    )
