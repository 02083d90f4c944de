"""Mandrill's API, by mailchimp.com/developer/transactional/api/messages (send, search, info).

Paths, parameters and members are checked against the OpenAPI document that Mailchimp publishes
(mailchimp/mailchimp-client-lib-codegen: ``spec/transactional.json``).
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_NAMES = {"not_found": "Unknown_Message"}


def _error(problem: Problem) -> Refusal:
    name = _NAMES.get(problem.kind, "ValidationError")
    # 500 is what the documentation has for everything but a wrong key.
    said = {"status": "error", "code": 11, "name": name, "message": problem.message}
    return Refusal(500, said)


def _message(key: str, email: str, sender: str, subject: str, ts: int) -> dict[str, Any]:
    return {
        "ts": ts,
        "_id": key,
        "sender": sender,
        "subject": subject,
        "email": email,
        "tags": [],
        "opens": 1,
        "opens_detail": [],
        "clicks": 0,
        "clicks_detail": [],
        "state": "sent",
        "metadata": {},
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    keys = ("abc123" * 5 + "ab", "def456" * 5 + "de", "0789ab" * 5 + "07")
    people = ("ana@acme.example", "ben@acme.example", "cleo@acme.example")
    sent = [
        _message(key, email, "shop@acme.example", f"Order {number}", 1795000000 + number)
        for number, (key, email) in enumerate(zip(keys, people, strict=True), 1)
    ]
    return {"messages": {each["_id"]: each for each in sent}}


API = SimulatedApi("mandrill", base="mandrillapp.com/api/1.0", state=_state, refuse=_error)

_TO = {"email": str, "name?": str, "type?": {"to", "cc", "bcc"}}


@API.route(
    "POST /messages/send",
    body={
        "message": {
            "to": [_TO],
            "from_email?": str,
            "from_name?": str,
            "subject?": str,
            "text?": str,
            "html?": str,
            "tags?": [str],
            "headers?": dict,
            "metadata?": dict,
            "important?": bool,
            "track_opens?": bool,
            "track_clicks?": bool,
        },
        "async?": bool,
        "ip_pool?": str,
        "send_at?": str,
    },
    effect="message_sent",
)
def send(call: Request) -> Any:
    message = call.body["message"]
    if "@" not in message.get("from_email", ""):
        refuse("body", "A valid from_email is required")
    results = []
    for each in message["to"]:
        if "." not in each["email"].partition("@")[2]:
            results.append({"email": each["email"], "status": "invalid", "reject_reason": None})
            continue
        key = f"{int(call.new_id()):032x}"
        subject, moment = message.get("subject", ""), int(call.now.timestamp())
        made = _message(key, each["email"], message["from_email"], subject, moment)
        call.state["messages"][key] = {**made, "opens": 0}
        said = {"email": each["email"], "status": "sent", "reject_reason": None}
        results.append({**said, "_id": key, "queued_reason": None})
    return results


@API.route(
    "POST /messages/search",
    body={
        "query?": str,
        "date_from?": str,
        "date_to?": str,
        "tags?": [str],
        "senders?": [str],
        "api_keys?": [str],
        "limit?": int,
    },
)
def search(call: Request) -> Any:
    limit = call.body.get("limit", 100)
    if not 1 <= limit <= 1000:
        refuse("body", "limit must be between 1 and 1000")
    name, colon, value = call.body.get("query", "*").partition(":")
    found = [
        each
        for each in reversed(call.state["messages"].values())
        if (str(each.get(name)) == value if colon else _has(each, name))
    ]
    return found[:limit]


def _has(message: dict[str, Any], word: str) -> bool:
    texts = (message["email"], message["sender"], message["subject"])
    return word in ("", "*") or any(word.lower() in text.lower() for text in texts)


@API.route("POST /messages/info", body={"id": str})
def info(call: Request) -> Any:
    return call.found(call.state["messages"], call.body["id"], "message with the id")
