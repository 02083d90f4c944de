"""Discord's API v10 for a bot, by discord/discord-api-docs: resources/message (create message,
create reaction), resources/channel (start thread from message), topics/opcodes-and-status-codes.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Answer, Problem, Request, SimulatedApi, refuse

_CHANNEL, _MESSAGE = "290926798626357001", "334385199974967001"
_EMOJI = {"🔥", "👍", "acme:41771983429993937"}  # some that exist, one of them the server's own
_CODES = {"channel": 10003, "message": 10008, "emoji": 10014}


def _state(account: FictionalAccount) -> dict[str, Any]:
    first = {"id": _MESSAGE, "channel_id": _CHANNEL, "content": "Is it up?", "reactions": []}
    return {"channels": {_CHANNEL: {_MESSAGE: first}}}


def _refuse(problem: Problem) -> Refusal:
    code = _CODES.get(problem.kind, 50035)
    return Refusal(problem.status, {"message": problem.message or problem.kind, "code": code})


API = SimulatedApi("discord-bot", base="discord.com/api/v10", state=_state, refuse=_refuse)


@API.route("GET /users/@me")
def get_me(call: Request) -> Any:
    return ELSEWHERE


def _channel(call: Request) -> Any:
    if call.path["channel"] not in call.state["channels"]:
        refuse("channel", "Unknown Channel", 404)
    return call.state["channels"][call.path["channel"]]


def _message(call: Request) -> Any:
    if call.path["message"] not in _channel(call):
        refuse("message", "Unknown Message", 404)
    return _channel(call)[call.path["message"]]


@API.route(
    "POST /channels/{channel}/messages",
    body={
        "content?": str,
        "tts?": bool,
        "embeds?": [dict],
        "allowed_mentions?": {"parse?": [{"roles", "users", "everyone"}], "replied_user?": bool},
        "message_reference?": {
            "message_id": str,
            "channel_id?": str,
            "guild_id?": str,
            "fail_if_not_exists?": bool,
        },
        "flags?": int,
    },
    effect="message_created",
)
def create_message(call: Request) -> Any:
    channel = _channel(call)
    if not call.body.get("content") and not call.body.get("embeds"):
        refuse("body", "Cannot send an empty message")
    if len(call.body.get("content", "")) > 2000:
        refuse("body", "Invalid Form Body")
    replied = call.body.get("message_reference", {}).get("message_id", _MESSAGE)
    if replied not in channel:
        refuse("body", "Invalid Form Body: MESSAGE_REFERENCE_UNKNOWN_MESSAGE")
    key = call.new_id("33438519997496")
    message = {"id": key, "channel_id": call.path["channel"], "reactions": []}
    channel[key] = {**message, "content": call.body.get("content", "")}
    return channel[key]


@API.route(
    "POST /channels/{channel}/messages/{message}/threads",
    body={
        "name": str,
        "auto_archive_duration?": {60, 1440, 4320, 10080},
        "rate_limit_per_user?": (int, None),
    },
    effect="thread_created",
)
def start_thread(call: Request) -> Any:
    message = _message(call)
    if not 1 <= len(call.body["name"]) <= 100:
        refuse("body", "Invalid Form Body")
    # A thread has the id of the message that it is about.
    thread = {"id": message["id"], "type": 11, "parent_id": call.path["channel"]}
    return Answer(201, {**thread, "name": call.body["name"]})


@API.route(
    "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me", effect="reaction_created"
)
def create_reaction(call: Request) -> Any:
    message, emoji = _message(call), call.path["emoji"]
    if emoji not in _EMOJI:
        refuse("emoji", "Unknown Emoji")
    message["reactions"].append(emoji)
    return Answer(204)
