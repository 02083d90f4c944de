"""Mailgun's API, by documentation.mailgun.com (api-reference: messages, validations).

Checked against the OpenAPI document in the MCP server that Mailgun publishes
(mailgun/mailgun-mcp-server: ``src/openapi.yaml``), which describes the form as multipart.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"domains": {"mail.acme.example"}, "sent": []}


API = SimulatedApi(
    "mailgun", base="{us=api.mailgun.net|eu=api.eu.mailgun.net}", state=_state, refuse=_error
)


@API.route(
    "POST /v3/{domain}/messages",
    body_format="form",
    body={
        "from": str,
        "to": str,
        "cc?": str,
        "bcc?": str,
        "subject?": str,
        "text?": str,
        "html?": str,
        "template?": str,
    },
    effect="message_queued",
)
def send(call: Request) -> Any:
    if call.path["domain"] not in call.state["domains"]:
        refuse("not_found", f"Domain not found: {call.path['domain']}")
    if not {"text", "html", "template"} & call.body.keys():
        refuse("parameters", "Need at least one of 'text', 'html' or 'template' parameters")
    if any("@" not in each for each in call.body["to"].split(",")):
        refuse("parameters", "to parameter is not a valid address. please check documentation")
    call.state["sent"].append(call.body)
    key = f"<{call.new_id('sandbox')}@{call.path['domain']}>"
    return {"id": key, "message": "Queued. Thank you."}


@API.route("GET /v4/address/validate", query={"address": str, "provider_lookup?": bool})
def validate(call: Request) -> Any:
    address = call.query["address"]
    if len(address) > 512:
        refuse("parameters", "address is too long")
    exists = "nobody" not in address
    return {
        "address": address,
        "is_disposable_address": False,
        "is_role_address": address.startswith(("support@", "info@")),
        "reason": [] if exists else ["mailbox_does_not_exist"],
        "result": "deliverable" if exists else "undeliverable",
        "risk": "low" if exists else "high",
    }
