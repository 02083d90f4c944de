"""SendGrid's API, by twilio.com/docs/sendgrid/api-reference/mail-send.

Checked against the OpenAPI document that SendGrid publishes (sendgrid/sendgrid-oai:
``spec/paths/mail_send/mail_send.json``), which does not say how an unknown template is answered.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse

_WHO = {"email": str, "name?": str}


def _error(problem: Problem) -> Refusal:
    error = {"message": problem.message, "field": None, "help": None}
    return Refusal(problem.status, {"errors": [error]})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"templates": {"d-0123456789abcdef0123456789abcdef"}, "sent": []}


API = SimulatedApi(
    "sendgrid",
    base="{global=api.sendgrid.com|eu=api.eu.sendgrid.com}/v3",
    state=_state,
    refuse=_error,
)


@API.route(
    "POST /mail/send",
    body={
        "personalizations": [
            {
                "to": [_WHO],
                "cc?": [_WHO],
                "bcc?": [_WHO],
                "subject?": str,
                "dynamic_template_data?": dict,
            }
        ],
        "from": _WHO,
        "reply_to?": _WHO,
        "subject?": str,
        "content?": [{"type": str, "value": str}],
        "template_id?": str,
        "categories?": [str],
        "send_at?": int,
    },
    effect="mail_queued",
)
def send(call: Request) -> Any:
    asked = call.body
    if "template_id" in asked:
        if asked["template_id"] not in call.state["templates"]:
            refuse("template", "The template_id must be a valid template.")
    elif not asked.get("content") or not asked.get("subject"):
        refuse("parameters", "The subject and the content are required.")
    if any("@" not in each["email"] for one in asked["personalizations"] for each in one["to"]):
        refuse("parameters", "Does not contain a valid address.")
    call.state["sent"].append(asked)
    return Answer(202, headers={"X-Message-Id": call.new_id("sandbox")})
