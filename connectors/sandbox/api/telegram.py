"""Telegram's Bot API, by core.telegram.org/bots/api (making requests, sendMessage, getUpdates).

Checked against the Bot API 10.1 as PaulSonOfLars/telegram-bot-api-spec reads it from that page:
methods, parameters, and the members that an answer always has. The texts of errors are not in it.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    # A chat that does not exist is "Bad Request", too.
    status = 400 if problem.kind == "chat" else problem.status
    text = f"Bad Request: {problem.message}" if status == 400 else problem.message
    return Refusal(status, {"ok": False, "error_code": status, "description": text})


_CHAT = {"id": 555000111, "type": "private", "first_name": "Ana"}


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "chats": {"555000111": _CHAT},
        "callbacks": {"4382bfdwdsb323b2d9"},
        "updates": [
            {
                "update_id": 700000000 + number,
                "message": {
                    "message_id": number,
                    "date": 1793000000 + number,
                    "chat": _CHAT,
                    "from": {"id": 555000111, "is_bot": False, "first_name": "Ana"},
                    "text": f"Hello {number}",
                },
            }
            for number in (1, 2, 3)
        ],
    }


API = SimulatedApi("telegram", base="api.telegram.org/bot{token}", state=_state, refuse=_error)
_ID = (int, str)


def _chat(call: Request, given: Any) -> dict[str, Any]:
    if str(given) not in call.state["chats"]:
        refuse("chat", "chat not found")
    found: dict[str, Any] = call.state["chats"][str(given)]
    return found


@API.route(
    "POST /sendMessage",
    body={
        "chat_id": _ID,
        "text": str,
        "parse_mode?": {"HTML", "MarkdownV2", "Markdown"},
        "disable_notification?": bool,
        "reply_parameters?": {"message_id": int},
    },
    effect="message_sent",
)
def send_message(call: Request) -> Any:
    chat = _chat(call, call.body["chat_id"])
    if not 1 <= len(call.body["text"]) <= 4096:
        refuse("parameters", "message is too long")
    number = int(call.new_id())
    bot = call.account.facts["result"]
    return {
        "ok": True,
        "result": {
            "message_id": number,
            "from": bot,
            "chat": chat,
            "date": int(call.now.timestamp()),
            "text": call.body["text"],
        },
    }


@API.route(
    "POST /sendPhoto",
    body={
        "chat_id": _ID,
        "photo": str,
        "caption?": str,
        "parse_mode?": {"HTML", "MarkdownV2", "Markdown"},
        "disable_notification?": bool,
        "reply_parameters?": {"message_id": int},
    },
    effect="photo_sent",
)
def send_photo(call: Request) -> Any:
    chat, caption = _chat(call, call.body["chat_id"]), call.body.get("caption", "")
    if len(caption) > 1024:
        refuse("parameters", "message caption is too long")
    sizes = (90, 320)
    photo = [
        {"file_id": f"AgACAg{s}", "file_unique_id": f"AQ{s}", "width": s, "height": s}
        for s in sizes
    ]
    return {
        "ok": True,
        "result": {
            "message_id": int(call.new_id()),
            "from": call.account.facts["result"],
            "chat": chat,
            "date": int(call.now.timestamp()),
            "photo": photo,
            **({"caption": caption} if caption else {}),
        },
    }


@API.route(
    "POST /answerCallbackQuery",
    body={
        "callback_query_id": str,
        "text?": str,
        "show_alert?": bool,
        "url?": str,
        "cache_time?": int,
    },
    effect="callback_answered",
)
def answer_callback_query(call: Request) -> Any:
    if call.body["callback_query_id"] not in call.state["callbacks"]:
        refuse("parameters", "query is too old and response timeout expired or query ID is invalid")
    if len(call.body.get("text", "")) > 200:
        refuse("parameters", "MESSAGE_TOO_LONG")
    call.state["callbacks"].discard(call.body["callback_query_id"])
    return {"ok": True, "result": True}


@API.route(
    "GET /getUpdates",
    query={"offset?": int, "limit?": int, "timeout?": int, "allowed_updates?": str},
)
def get_updates(call: Request) -> Any:
    start = call.query.get("offset", 0)
    left = [each for each in call.state["updates"] if each["update_id"] >= start]
    call.state["updates"] = left  # those before the offset are confirmed, and gone
    return {"ok": True, "result": left[: call.query.get("limit", 100)]}


@API.route("GET /getChat", query={"chat_id": _ID})
def get_chat(call: Request) -> Any:
    return {"ok": True, "result": _chat(call, call.query["chat_id"])}
