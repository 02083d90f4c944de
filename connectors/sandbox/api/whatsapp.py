"""WhatsApp's Cloud API: send a message.

Unconfirmed: written from memory of developers.facebook.com/docs/whatsapp/cloud-api; so are the
numbers of refusals.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse

_NUMBER, _TEMPLATES = "106540352242922", {("hello_world", "en_US")}


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"sent": []}


def _refuse(problem: Problem) -> Refusal:
    codes = {"scope": 10, "rate_limited": 4, "template": 132001}
    error = {"message": problem.message or problem.kind, "type": "OAuthException"}
    error["code"] = codes.get(problem.kind, 100)  # type: ignore[assignment]
    return Refusal(problem.status, {"error": error})


API = SimulatedApi("whatsapp", base="graph.facebook.com/v24.0", state=_state, refuse=_refuse)


@API.route("GET /me", query={"fields?": str})
def get_me(call: Request) -> Any:
    return ELSEWHERE


@API.route(
    "POST /{number}/messages",
    scopes="whatsapp_business_messaging",
    body={
        "messaging_product": {"whatsapp"},
        "recipient_type?": {"individual"},
        "to": str,
        "type": {"text", "template"},
        "text?": {"body": str, "preview_url?": bool},
        "template?": {"name": str, "language": {"code": str}, "components?": [dict]},
    },
    effect="message_sent",
)
def send(call: Request) -> Any:
    if call.path["number"] != _NUMBER:
        refuse("not_found", "Unsupported post request. Object does not exist", 400)
    if call.body["type"] not in call.body:
        refuse("body", f"The parameter {call.body['type']} is required.")
    template = call.body.get("template")
    if template and (template["name"], template["language"]["code"]) not in _TEMPLATES:
        refuse("template", "Template name does not exist in the translation", 404)
    call.state["sent"].append(call.body)
    wa_id = call.body["to"].removeprefix("+")
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": call.body["to"], "wa_id": wa_id}],
        "messages": [{"id": call.new_id("wamid.")}],
    }
