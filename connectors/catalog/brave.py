"""Brave Search connector: a pasted API key.

Quirks:
1. The key goes into ``X-Subscription-Token``.
2. A wrong key gets 422 with ``SUBSCRIPTION_TOKEN_INVALID``. 422 is also the answer to a wrong
   parameter, so the code decides.
3. No call is free: the check is one search, with the fewest results.
4. A key belongs to one plan: one for suggestions or answers is refused a search for that reason.

Console: API keys, each for a subscription. Search needs the plan Search.

Scopes: none exist.

Unconfirmed: that the body of a search by POST is JSON (the documentation names the method), and the
code that a key of another plan gets.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="brave",
        display_name="Brave Search",
        description="Search of the web and of images in an index of its own.",
        category="data",
        docs_url="https://api-dashboard.search.brave.com/api-reference/web/search/get",
        console_url="https://api-dashboard.search.brave.com/app/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.search.brave.com/res/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key for the plan Search.",
                    example="BSA0123456789abcdefghijABCDEFGH",
                    pattern=r"[A-Za-z0-9_-]{20,100}",
                    secret=True,
                    where="https://api-dashboard.search.brave.com/app/keys",
                )
            },
            api_headers={"X-Subscription-Token": "${key}"},  # quirk 1
            verify=Verify(  # quirks 2 to 4
                method="POST",
                url="https://api.search.brave.com/res/v1/web/search",
                json={"q": "brave", "count": 1},
                refused_statuses=(),
                refused_codes=frozenset({"SUBSCRIPTION_TOKEN_INVALID"}),
                code_path="error.code",
            ),
        ),
    )
