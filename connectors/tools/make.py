"""Tools of Make.

Unconfirmed: written from memory of https://developers.make.com/api-documentation (run a scenario)
and of Make's help page about webhooks.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from connectors.tooling import Args, HttpTool, Needs, Output, ToolContext, tool

_MAKE = (Needs("make"),)


class RunScenario(Args):
    scenario_id: int = Field(ge=1, description="number of the scenario, as in its address")
    data: dict[str, Any] = Field(default_factory=dict, description="its inputs, if it has some")
    responsive: bool = Field(
        False, description="whether to wait until it ends (40 seconds at most)"
    )


class Execution(Output):
    execution_id: str = Field(validation_alias="executionId")


class Trigger(Args):
    zone: str = Field(pattern=r"^(eu1|eu2|us1|us2)$", description="zone in the webhook's address")
    hook: str = Field(
        pattern=r"^[a-z0-9]{20,64}$",
        description="last part of the address: https://hook.eu1.make.com/<this>",
    )
    data: dict[str, Any] = Field(description="what the webhook gets, as JSON")


class Accepted(Output):
    answer: str = Field(description="what the webhook answered; Accepted without one of its own")


@tool(
    name="make_trigger_webhook",
    description="Send data to a webhook of Make, which starts its scenario.",
    needs=_MAKE,
    effect="write",
    args=Trigger,
    output=Accepted,
    examples=({"zone": "eu1", "hook": "abcdefghijklmnopqrstuvwxyz012345", "data": {"order": 17}},),
)
async def trigger_webhook(args: Trigger, ctx: ToolContext) -> Accepted:
    host = f"hook.{args.zone}.make.com"
    answer = await ctx.fetch("make", "POST", f"/{args.hook}", host=host, json=args.data)
    return Accepted(answer=answer.text)


TOOLS = (
    HttpTool(
        name="make_run_scenario",
        description="Run a scenario of Make once, now, and return the id of the run.",
        needs=_MAKE,
        effect="write",
        method="POST",
        path="/scenarios/{scenario_id}/run",
        args=RunScenario,
        output=Execution,
        examples=({"scenario_id": 925}, {"scenario_id": 925, "data": {"name": "Ana"}}),
    ),
    trigger_webhook,
)
