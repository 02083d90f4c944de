"""SerpApi, by serpapi.com/account-api and serpapi.com/api-errors."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "serpapi",
    title="SerpApi",
    keys={
        "acme": {"key": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
        "globex": {"key": "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"},
    },
    query={"api_key": "{key}"},
    refusal=Refusal(401, {"error": "Invalid API key. Your API key should be here: …"}),
    api={"/account.json": facts("account_id", "account_email", "plan_id")},
    api_base="serpapi.com",
    facts={
        "acme": {
            "account_id": "5ac54d6adefb2f0000000001",
            "account_email": "search@acme.example",
            "plan_id": "free",
        },
        "globex": {
            "account_id": "5ac54d6adefb2f0000000002",
            "account_email": "search@globex.example",
            "plan_id": "bigdata",
        },
    },
)
