"""Serper's own side: its documentation is behind a sign-in, so this is what programs have recorded.

Sources: serper.dev, and answers of ``/account`` and to wrong keys in public repositories on GitHub.
"""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "serper",
    title="Serper",
    headers={"x-api-key": "{key}"},
    keys={
        "ana": {"key": "5a1db0c494e7f8b2d6c03e9f71a58a11a5a1db0c"},
        "ben": {"key": "c73e9d108452fa6b1c0d4e8f2937bbe11c73e9d1"},
    },
    refusal=Refusal(403, {"message": "Unauthorized.", "statusCode": 403}),
    api_base="google.serper.dev",
    api={"/account": lambda call: {"balance": 2492, "rateLimit": 5}},
    api_hosts={"google.serper.dev", "scrape.serper.dev"},
)
