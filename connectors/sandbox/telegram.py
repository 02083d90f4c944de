"""Telegram's Bot API, by core.telegram.org/bots/api (authorizing, making requests, getMe)."""

from connectors.sandbox import Refusal, facts, key_provider


def _bot(number: int, name: str) -> dict[str, object]:
    bot = {"id": number, "is_bot": True, "first_name": name, "username": f"{name.lower()}_bot"}
    return {"ok": True, "result": bot}


PROVIDER = key_provider(
    "telegram",
    title="Telegram",
    keys={
        "acme": {"token": "111111111:AASandbox-acme_0123456789abcdefghij"},
        "globex": {"token": "222222222:AASandbox-globex_0123456789abcdefgh"},
    },
    refusal=Refusal(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
    api={"/getMe": facts("ok", "result")},
    api_base="api.telegram.org/bot{token}",
    facts={"acme": _bot(111111111, "Acme"), "globex": _bot(222222222, "Globex")},
)
