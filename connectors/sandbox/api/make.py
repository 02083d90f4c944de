"""Make's API and webhooks.

Unconfirmed: written from memory of https://developers.make.com/api-documentation (run a scenario,
errors) and of Make's help page about webhooks.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse

_ZONES = ("eu1", "eu2", "us1", "us2")


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"message": problem.message, "code": f"SC{problem.status}"})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"scenarios": {"925": "New order"}, "hooks": {"abcdefghijklmnopqrstuvwxyz012345"}}


API = SimulatedApi(
    "make",
    base="{eu1=eu1.make.com|eu2=eu2.make.com|us1=us1.make.com|us2=us2.make.com}/api/v2",
    state=_state,
    refuse=_error,
)


@API.route(
    "POST /scenarios/{id}/run", body={"data?": dict, "responsive?": bool}, effect="scenario_run"
)
def run(call: Request) -> Any:
    call.found(call.state["scenarios"], call.path["id"], "scenario")
    return {"executionId": call.new_id("d0bb8b4f6f3a4a1a9e1b")}


def hook(call: Request) -> Any:
    if call.path["id"] not in call.state["hooks"]:
        refuse("not_found", "There is no scenario listening for this webhook.")
    return Answer(200, content=b"Accepted")


for zone in _ZONES:
    API.route(f"POST hook.{zone}.make.com/{{id}}", body=dict, effect="webhook_called")(hook)
