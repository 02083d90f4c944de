"""Twilio, by twilio.com/docs (API requests, accounts, error 20003)."""

from connectors.sandbox import Refusal, facts, key_provider

_ACCOUNT = "api.twilio.com/2010-04-01/Accounts/{account_sid}"
_SIDS = {"acme": "AC" + "0a" * 16, "globex": "AC" + "0b" * 16}

PROVIDER = key_provider(
    "twilio",
    title="Twilio",
    keys={
        "acme": {"account_sid": _SIDS["acme"], "auth_token": "cd0aa9856147b6c5b4ff2b7dfee5da20"},
        "globex": {
            "account_sid": _SIDS["globex"],
            "auth_token": "aaa9402664f1a41f40ebbc52c9993eb6",
        },
    },
    basic=("{account_sid}", "{auth_token}"),
    refusal=Refusal(401, {"code": 20003, "message": "Authenticate", "status": 401}),
    api={
        "/Messages.json": lambda call: {"messages": [], "page": 0, "next_page_uri": None},
        f"{_ACCOUNT}.json": facts("sid", "friendly_name", "status"),
    },
    api_base=_ACCOUNT,
    api_hosts={"api.twilio.com", "verify.twilio.com"},
    facts={
        name: {"sid": sid, "friendly_name": name.title(), "status": "active"}
        for name, sid in _SIDS.items()
    },
)
